"""Where tasks on EC2 go, and what is said when they go nowhere."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from town import CAPABILITIES, Town

from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.placement import (
    MEMBER_OF,
    SERVICE_DEFAULT,
    Neighbours,
    Rules,
    Search,
    spread_fields,
)
from ecs_lab.engine.scale_in import scale_in_order

if TYPE_CHECKING:
    from ecs_lab.engine.model import ContainerInstance, Task


def run(town: Town, count: int = 1, **request: Any) -> dict[str, Any]:
    """RunTask of `web` in `shop`."""
    return town.call("RunTask", cluster="shop", taskDefinition="web", count=count, **request)


def where(answer: dict[str, Any]) -> Counter[str]:
    """How many tasks went to each instance."""
    return Counter(each["containerInstanceArn"] for each in answer["tasks"])


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        ({"memory": 2000}, "RESOURCE:MEMORY"),
        ({"cpu": 2000}, "RESOURCE:CPU"),
        ({"portMappings": [{"containerPort": 80, "hostPort": 22}]}, "RESOURCE:PORTS"),
    ],
)
def test_failure_names_the_resource_that_is_short(
    town: Town, container: dict[str, Any], reason: str
) -> None:
    """RunTask gives a failure with AWS's reason for the instance that cannot take the task."""
    arn = town.instance()
    town.define(container=container)
    assert run(town) == {"tasks": [], "failures": [{"arn": arn, "reason": reason}]}


def test_what_fits_runs_and_what_does_not_is_a_failure(town: Town) -> None:
    """Four tasks of 256 MiB fill 1024 MiB; the rest of the call's tasks fail."""
    town.instance()
    town.define()
    answer = run(town, count=6)
    assert len(answer["tasks"]) == 4
    assert [each["reason"] for each in answer["failures"]] == ["RESOURCE:MEMORY"]


def test_fixed_host_port_allows_one_task_an_instance(town: Town) -> None:
    """Two tasks that want port 8080 go to two instances, and a third finds no place."""
    first, second = town.instance("a"), town.instance("b")
    town.define(container={"portMappings": [{"containerPort": 80, "hostPort": 8080}]})
    answer = run(town, count=3)
    assert where(answer) == {first: 1, second: 1}
    assert {each["reason"] for each in answer["failures"]} == {"RESOURCE:PORTS"}


def test_awsvpc_tasks_are_bounded_by_network_interfaces(town: Town) -> None:
    """An instance with two free interface slots takes two awsvpc tasks."""
    town.instance(slots=2)
    town.define(networkMode="awsvpc")
    vpc = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    answer = run(town, count=3, networkConfiguration=vpc)
    assert len(answer["tasks"]) == 2
    assert [each["reason"] for each in answer["failures"]] == ["RESOURCE:ENI"]


def test_awsvpc_task_wants_an_instance_in_a_zone_of_its_subnets(town: Town) -> None:
    """An instance in zone a cannot take a task whose subnet is in zone b."""
    town.instance("a")
    town.define(networkMode="awsvpc")
    answer = run(town, networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-b"]}})
    assert [each["reason"] for each in answer["failures"]] == ["LOCATION"]


def test_missing_capability_is_an_attribute_failure(town: Town) -> None:
    """A task that needs task networking finds no place where the agent does not offer it."""
    arn = town.instance("a")
    instance = town.ecs.state.clusters["shop"].container_instances[arn.rpartition("/")[2]]
    del instance.attributes["ecs.capability.task-eni"]
    town.define(networkMode="awsvpc")
    answer = run(town, networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-a"]}})
    assert [each["reason"] for each in answer["failures"]] == ["ATTRIBUTE"]


def test_binpack_fills_one_instance_before_the_next(town: Town) -> None:
    """Binpack by memory takes the instance with the least that still fits."""
    small, large = town.instance(memory=600), town.instance(memory=2000)
    town.define()
    strategy = [{"type": "binpack", "field": "memory"}]
    assert where(run(town, count=4, placementStrategy=strategy)) == {small: 2, large: 2}


def test_spread_over_zones_then_binpack(town: Town) -> None:
    """Strategies count in the order they are listed: zones first, then the fullest instance."""
    first, second, other = town.instance("a"), town.instance("a"), town.instance("b")
    town.define()
    strategy = [
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "binpack", "field": "cpu"},
    ]
    placed = where(run(town, count=4, placementStrategy=strategy))
    assert placed[other] == 2
    assert sorted((placed[first], placed[second])) == [0, 2]


def test_distinct_instance_never_shares(town: Town) -> None:
    """With distinctInstance a second task of the group does not join the first."""
    town.instance()
    town.define()
    answer = run(town, count=2, placementConstraints=[{"type": "distinctInstance"}])
    assert len(answer["tasks"]) == 1


def test_service_spreads_over_zones_then_instances(town: Town) -> None:
    """A service's default: fewest in the zone, then fewest on the instance."""
    arns = [town.instance(zone) for zone in "aab"]
    town.define()
    town.service(desired=4)
    town.clock.settle(600)
    placed = Counter(each["containerInstanceArn"] for each in town.tasks())
    assert placed == {arns[0]: 1, arns[1]: 1, arns[2]: 2}


def test_draining_instance_takes_no_new_task(town: Town) -> None:
    """DRAINING keeps new tasks away."""
    draining, active = town.instance("a"), town.instance("b")
    town.call(
        "UpdateContainerInstancesState",
        cluster="shop",
        containerInstances=[draining],
        status="DRAINING",
    )
    town.define()
    assert where(run(town, count=2)) == {active: 2}


def test_run_task_without_any_instance_is_refused(town: Town) -> None:
    """An empty cluster gives AWS's InvalidParameterException, not a failure in the answer."""
    town.define()
    with pytest.raises(InvalidParameterException, match="No Container Instances were found"):
        run(town)


def found(town: Town, arn: str) -> ContainerInstance:
    """The container instance of an ARN."""
    return town.ecs.state.clusters["shop"].container_instances[arn.rpartition("/")[2]]


def member_of(expression: str) -> list[dict[str, str]]:
    """A placement constraint of type memberOf."""
    return [{"type": "memberOf", "expression": expression}]


def put(town: Town, arn: str, **attributes: str) -> None:
    """Give a container instance custom attributes."""
    asked = [{"name": key, "value": value, "targetId": arn} for key, value in attributes.items()]
    town.call("PutAttributes", cluster="shop", attributes=asked)


def reasons(answer: dict[str, Any]) -> list[str]:
    """The reasons of the failures."""
    return [each["reason"] for each in answer["failures"]]


def test_member_of_binds_run_task(town: Town) -> None:
    """A task goes only to instances that the expression selects; where none is left, that is told
    as the failure.
    """
    other, prod = town.instance(memory=600), town.instance(memory=600)
    put(town, prod, stack="prod")
    town.define()
    answer = run(town, count=3, placementConstraints=member_of("attribute:stack == prod"))
    assert where(answer) == {prod: 2}
    assert {each["arn"]: each["reason"] for each in answer["failures"]} == {
        other: "MemberOf placement constraint unsatisfied.",
        prod: "RESOURCE:MEMORY",
    }


def test_constraints_of_definition_and_call_hold_together(town: Town) -> None:
    """A task needs an instance that meets the definition's constraints and those of the call."""
    arns = [town.instance(zone) for zone in "aab"]
    put(town, arns[1], stack="prod")
    put(town, arns[2], stack="prod")
    town.define(placementConstraints=member_of("attribute:stack == prod"))
    zone_a = member_of("attribute:ecs.availability-zone == us-east-1a")
    assert where(run(town, count=2, placementConstraints=zone_a)) == {arns[1]: 2}


def test_service_waits_for_an_instance_that_its_constraints_select(town: Town) -> None:
    """The event names the constraint; an attribute put on an instance ends the wait."""
    arn = town.instance()
    town.define(placementConstraints=member_of("attribute:stack == prod"))
    town.service(desired=1)
    town.clock.advance(60)
    assert 'encountered error "MemberOf placement constraint unsatisfied.".' in town.messages()[0]
    put(town, arn, stack="prod")
    town.clock.settle(600)
    assert [each["containerInstanceArn"] for each in town.tasks()] == [arn]


def test_tasks_can_seek_and_shun_task_groups(town: Town) -> None:
    """task:group sees each task as soon as it is placed: affinity follows it, anti-affinity keeps
    one a group and instance.
    """
    first, second = town.instance(), town.instance()
    town.define()
    shun = member_of("not(task:group == cache)")
    answer = run(town, count=3, group="cache", placementConstraints=shun)
    assert where(answer) == {first: 1, second: 1}
    assert set(reasons(answer)) == {"MemberOf placement constraint unsatisfied."}
    database = where(run(town, group="database"))
    near = member_of("task:group == database")
    assert where(run(town, count=2, placementConstraints=near)).keys() == database.keys()


def test_groups_of_services_and_families_are_not_for_the_taking(town: Town) -> None:
    """A standalone task may not name a group with service: or family: before it."""
    town.instance()
    town.define()
    with pytest.raises(InvalidParameterException, match="Invalid namespace for group"):
        run(town, group="service:web")
    assert run(town)["tasks"][0]["group"] == "family:web"


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (
            {"placementConstraints": [{"type": "distinctInstance", "expression": "a"}]},
            "distinctInstance expression should not be specified",
        ),
        ({"placementConstraints": [{"type": "memberOf"}]}, "at character 1, near ''"),
        ({"placementConstraints": [{"type": "near"}]}, "distinctInstance or memberOf"),
        ({"placementStrategy": [{"type": "spread"}]}, "Invalid placement strategy"),
        ({"placementStrategy": [{"type": "binpack", "field": "gpu"}]}, "Invalid placement"),
        ({"placementStrategy": [{"type": "nearest"}]}, "Invalid placement"),
        ({"placementStrategy": [{"type": "random"}] * 6}, "5 placement strategy rules"),
    ],
)
def test_wrong_constraints_and_strategies_are_refused(
    town: Town, request_: dict[str, Any], text: str
) -> None:
    """RunTask, CreateService and UpdateService all check them, and change nothing."""
    town.instance()
    town.define()
    town.service(desired=0)
    with pytest.raises(InvalidParameterException, match=text):
        run(town, **request_)
    with pytest.raises(InvalidParameterException, match=text):
        town.service("other", **request_)
    with pytest.raises(InvalidParameterException, match=text):
        town.call("UpdateService", cluster="shop", service="web", **request_)
    assert town.tasks() == []


def test_constraints_of_definition_and_call_are_ten_at_most(town: Town) -> None:
    """Those of the task definition count among the ten."""
    town.instance()
    town.define(placementConstraints=member_of("attribute:a !exists") * 6)
    with pytest.raises(InvalidParameterException, match="10 placement constraints"):
        run(town, placementConstraints=member_of("attribute:b !exists") * 5)


def test_spread_over_a_custom_attribute_then_instances(town: Town) -> None:
    """Racks get the same number of tasks, and within a rack the instances do."""
    arns = [town.instance() for _ in range(3)]
    for arn, rack in zip(arns, ("one", "two", "two"), strict=True):
        put(town, arn, rack=rack)
    town.define()
    strategy = [
        {"type": "spread", "field": "attribute:rack"},
        {"type": "spread", "field": "instanceId"},
    ]
    placed = where(run(town, count=8, placementStrategy=strategy))
    assert [placed[arn] for arn in arns] == [4, 2, 2]


def test_binpack_comes_before_a_later_spread(town: Town) -> None:
    """The first strategy decides; the second only settles its ties."""
    small, large = town.instance("a", memory=600), town.instance("b", memory=2000)
    town.define()
    strategy = [
        {"type": "binpack", "field": "memory"},
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
    ]
    assert where(run(town, count=4, placementStrategy=strategy)) == {small: 2, large: 2}


def test_random_takes_every_instance_equally_often(town: Town) -> None:
    """Of 400 tasks each of four instances gets a fair share, and not in turn."""
    for _ in range(4):
        town.instance(cpu=100_000, memory=200_000)
    town.define()
    random = [{"type": "random", "field": "instanceId"}]  # which random does not use
    answers = [run(town, count=10, placementStrategy=random) for _ in range(40)]
    placed: Counter[str] = sum((where(each) for each in answers), Counter())
    assert all(70 <= count <= 130 for count in placed.values())
    assert len({tuple(sorted(where(each).values())) for each in answers}) > 3


def test_distinct_instance_does_not_mind_a_task_that_is_to_stop(town: Town) -> None:
    """It looks at the desired status: while one task stops, the next one may come."""
    town.instance()
    town.define()
    town.service(desired=1, placementConstraints=[{"type": "distinctInstance"}])
    town.clock.settle(600)
    town.call("StopTask", cluster="shop", task=town.tasks()[0]["taskArn"])
    town.clock.advance(3)
    statuses = {each.desired_status for each in town.ecs.state.clusters["shop"].tasks.values()}
    assert statuses == {"STOPPED", "RUNNING"}


def test_gpus_are_reserved_and_run_out(town: Town) -> None:
    """An instance with two GPUs takes two tasks that need one each."""
    arn = town.instance()
    found(town, arn).gpus = 2
    town.define(container={"resourceRequirements": [{"type": "GPU", "value": "1"}]})
    answer = run(town, count=3)
    assert (len(answer["tasks"]), reasons(answer)) == (2, ["RESOURCE:GPU"])


def test_udp_and_tcp_ports_do_not_meet(town: Town) -> None:
    """The same number is another port with another protocol, and is free again after the task."""
    town.instance()
    for family, protocol in (("web", "tcp"), ("dns", "udp")):
        port = {"containerPort": 53, "hostPort": 53, "protocol": protocol}
        town.define(family, container={"portMappings": [port]})
    task = run(town)["tasks"][0]
    dns = town.call("RunTask", cluster="shop", taskDefinition="dns")
    assert (len(dns["tasks"]), reasons(run(town))) == (1, ["RESOURCE:PORTS"])
    town.call("StopTask", cluster="shop", task=task["taskArn"])
    town.clock.settle(60)
    assert reasons(run(town)) == []


def test_host_mode_takes_the_container_port(town: Town) -> None:
    """In host mode the container's port is the instance's, so that a second task finds no place."""
    town.instance()
    town.define(networkMode="host", container={"portMappings": [{"containerPort": 8080}]})
    answer = run(town, count=2)
    assert (len(answer["tasks"]), reasons(answer)) == (1, ["RESOURCE:PORTS"])


def bindings(town: Town) -> list[dict[str, Any]]:
    """The network bindings of all tasks' containers."""
    return [
        binding
        for task in town.tasks()
        for container in task["containers"]
        for binding in container["networkBindings"]
    ]


def test_dynamic_ports_are_free_ones_of_their_own(town: Town) -> None:
    """Each task gets another port of 32768-61000, none of those that the instance reserves."""
    arn = town.instance()
    found(town, arn).last_dynamic_port = 51677
    town.define(container={"portMappings": [{"containerPort": 80, "hostPort": 0}]})
    run(town, count=3)
    town.clock.settle(60)
    assert [each["hostPort"] for each in bindings(town)] == [51680, 51681, 51682]


def test_container_port_range_gets_host_ports_in_a_row(town: Town) -> None:
    """A range in bridge mode is bound to as many dynamic ports in a row, which come back."""
    arn = town.instance()
    town.define(container={"portMappings": [{"containerPortRange": "9090-9092"}]})
    found(town, arn).attributes["ecs.capability.network.container-port-range"] = None
    run(town, count=2)
    town.clock.settle(60)
    assert [each["hostPortRange"] for each in bindings(town)] == ["32768-32770", "32771-32773"]
    assert bindings(town)[0]["containerPortRange"] == "9090-9092"
    for task in town.tasks():
        town.call("StopTask", cluster="shop", task=task["taskArn"])
    town.clock.settle(60)
    assert found(town, arn).used_tcp == set()
    assert found(town, arn).dynamic_tcp == 0


def test_dynamic_ports_run_out(town: Town) -> None:
    """When all ports of the dynamic range are promised, the next task is short of ports."""
    arn = town.instance(memory=100_000, cpu=100_000)
    found(town, arn).attributes["ecs.capability.network.container-port-range"] = None
    town.define(container={"portMappings": [{"containerPortRange": "10001-20000"}]})
    answer = run(town, count=3)
    assert (len(answer["tasks"]), reasons(answer)) == (2, ["RESOURCE:PORTS"])


def test_an_instance_reserves_at_most_a_hundred_ports(town: Town) -> None:
    """The agent's own five count; dynamic ports do not."""
    town.instance(memory=100_000, cpu=100_000)
    for family, ports in (("ninety", 90), ("five", 5), ("one", 1)):
        first = {"ninety": 1000, "five": 2000, "one": 3000}[family]
        fixed = [{"containerPort": n, "hostPort": n} for n in range(first, first + ports)]
        town.define(family, container={"portMappings": fixed})
    town.define("dynamic", container={"portMappings": [{"containerPort": 80}]})
    for family, reason in (
        ("ninety", []),
        ("five", []),
        ("one", ["RESOURCE:PORTS"]),
        ("dynamic", []),
    ):
        assert reasons(town.call("RunTask", cluster="shop", taskDefinition=family)) == reason


def register(town: Town, instance_type: str, interfaces: int) -> dict[str, Any]:
    """Register an instance of that type, as the agent of the lab does."""
    identity = {
        "instanceId": f"i-{instance_type}",
        "instanceType": instance_type,
        "networkInterfaces": interfaces,
    }
    made: dict[str, Any] = town.call(
        "RegisterContainerInstance",
        cluster="shop",
        instanceIdentityDocument=json.dumps(identity),
        totalResources=[
            {"name": "CPU", "integerValue": 100_000},
            {"name": "MEMORY", "integerValue": 100_000},
        ],
        attributes=[
            {"name": "ecs.availability-zone", "value": "us-east-1a"},
            *({"name": name} for name in CAPABILITIES),
        ],
    )["containerInstance"]
    return made


@pytest.mark.parametrize(
    ("instance_type", "interfaces", "trunking", "tasks"),
    [
        ("c5.large", 3, "disabled", 2),
        ("c5.large", 3, "enabled", 10),
        ("a1.medium", 2, "enabled", 10),
        ("t3.micro", 2, "enabled", 1),
    ],
)
def test_trunking_raises_the_number_of_awsvpc_tasks(
    town: Town, instance_type: str, interfaces: int, trunking: str, tasks: int
) -> None:
    """Without a trunk it is one task for each interface but the first; types without one stay."""
    town.call("PutAccountSettingDefault", name="awsvpcTrunking", value=trunking)
    register(town, instance_type, interfaces)
    town.define(networkMode="awsvpc")
    vpc = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    answers = [run(town, count=6, networkConfiguration=vpc) for _ in range(2)]
    assert sum(len(each["tasks"]) for each in answers) == tasks
    assert reasons(answers[1]) == ["RESOURCE:ENI"]


def test_trunking_is_for_instances_registered_after_it(town: Town) -> None:
    """An instance from before the setting has none; the next one has, and an attribute says so."""

    def trunk(instance: dict[str, Any]) -> list[str]:
        return [each["value"] for each in instance["attributes"] if "trunk" in each["name"]]

    before = register(town, "c5.large", 3)
    town.call("PutAccountSettingDefault", name="awsvpcTrunking", value="enabled")
    after = register(town, "c5.large", 3)
    assert (trunk(before), len(trunk(after))) == ([], 1)
    assert found(town, before["containerInstanceArn"]).interface_slots == 2


def test_daemon_follows_its_constraints(town: Town) -> None:
    """A DAEMON service runs on each instance that its constraints select, and stops where they no
    longer do.
    """
    first, second, _ = (town.instance() for _ in range(3))
    put(town, first, stack="prod")
    put(town, second, stack="prod")
    town.define()
    request = {
        "taskDefinition": "web",
        "schedulingStrategy": "DAEMON",
        "launchType": "EC2",
        "placementConstraints": member_of("attribute:stack == prod"),
    }
    town.call("CreateService", cluster="shop", serviceName="web", **request)
    town.clock.settle(600)
    assert {each["containerInstanceArn"] for each in town.tasks()} == {first, second}
    gone = [{"name": "stack", "targetId": second}]
    town.call("DeleteAttributes", cluster="shop", attributes=gone)
    town.clock.settle(600)
    assert [each["containerInstanceArn"] for each in town.tasks()] == [first]


def test_replicas_stay_where_constraints_no_longer_hold(town: Town) -> None:
    """Constraints are for placing: a REPLICA service's task stays when the attribute goes."""
    arn = town.instance()
    put(town, arn, stack="prod")
    town.define()
    town.service(desired=1, placementConstraints=member_of("attribute:stack == prod"))
    town.clock.settle(600)
    before = [each["taskArn"] for each in town.tasks()]
    town.call("DeleteAttributes", cluster="shop", attributes=[{"name": "stack", "targetId": arn}])
    town.clock.settle(600)
    assert [each["taskArn"] for each in town.tasks()] == before


STRATEGIES = st.sampled_from(
    [
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "spread", "field": "attribute:rack"},
        {"type": "spread", "field": "instanceId"},
        {"type": "binpack", "field": "cpu"},
        {"type": "binpack", "field": "memory"},
    ]
)
INSTANCES = st.tuples(
    st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 900), st.integers(0, 1800)
)

ROOMY = st.tuples(
    st.sampled_from("ab"), st.sampled_from("xy"), st.integers(600, 1500), st.integers(1000, 2500)
)


@given(
    st.lists(INSTANCES, min_size=1, max_size=6),
    st.lists(STRATEGIES, min_size=1, max_size=3),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_each_task_goes_to_the_best_of_all_instances(
    fleet: list[tuple[str, str, int, int]], strategies: list[dict[str, str]], distinct: bool
) -> None:
    """Whatever the fleet and the strategies, no instance that fits stands before the chosen one."""
    town = Town()
    for zone, rack, cpu, memory in fleet:
        put(town, town.instance(zone, cpu=cpu, memory=memory), rack=rack)
    town.define()
    constraints = [{"type": "distinctInstance"}] if distinct else []
    instances = list(town.ecs.state.clusters["shop"].container_instances.values())
    for _ in range(8):
        best = min(
            (each for each in instances if fits(each) and not (distinct and each.tasks)),
            key=lambda each: [worth(each, strategy, instances) for strategy in strategies],
            default=None,
        )
        answer = run(town, placementConstraints=constraints, placementStrategy=strategies)
        assert list(where(answer)) == ([best.arn] if best else [])
    # All at once go where they go one by one.
    again = Town()
    for zone, rack, cpu, memory in fleet:
        put(again, again.instance(zone, cpu=cpu, memory=memory), rack=rack)
    again.define()
    run(again, count=8, placementConstraints=constraints, placementStrategy=strategies)
    others = again.ecs.state.clusters["shop"].container_instances.values()
    assert [len(each.tasks) for each in others] == [len(each.tasks) for each in instances]


def fits(instance: ContainerInstance) -> bool:
    """Whether the instance has room for one more `web`."""
    return instance.free_cpu >= 128 and instance.free_memory >= 256


def worth(
    instance: ContainerInstance, strategy: dict[str, str], instances: list[ContainerInstance]
) -> int:
    """What AWS's page says that a strategy looks at; the smallest is best."""
    if strategy["type"] == "binpack":
        return instance.free_cpu if strategy["field"] == "cpu" else instance.free_memory
    name = strategy["field"].removeprefix("attribute:")
    if name == "instanceId":
        return len(instance.tasks)
    own = instance.attributes[name]
    return sum(len(each.tasks) for each in instances if each.attributes[name] == own)


def stopped_first(town: Town, desired: int) -> Counter[str]:
    """Scale the service in, and count the tasks left on each instance."""
    town.call("UpdateService", cluster="shop", service="web", desiredCount=desired)
    town.clock.settle(600)
    return Counter(each["containerInstanceArn"] for each in town.tasks())


def test_scale_in_of_binpack_empties_the_emptiest_instance(town: Town) -> None:
    """It stops the task whose instance keeps the most of the resource afterwards."""
    small, large = town.instance(memory=600), town.instance(memory=2000)
    town.define()
    town.service(desired=5, placementStrategy=[{"type": "binpack", "field": "memory"}])
    town.clock.settle(600)
    assert Counter(each["containerInstanceArn"] for each in town.tasks()) == {small: 2, large: 3}
    assert stopped_first(town, 2) == {small: 2}


def test_scale_in_of_spread_keeps_zones_balanced(town: Town) -> None:
    """Always one of the fullest zone goes."""
    arns = [town.instance(zone) for zone in "aabc"]
    town.define()
    town.service(desired=9)
    town.clock.settle(600)
    left = stopped_first(town, 3)
    assert [left[arns[0]] + left[arns[1]], left[arns[2]], left[arns[3]]] == [1, 1, 1]


def test_scale_in_on_fargate_keeps_zones_balanced(town: Town) -> None:
    """Tasks without an instance are told apart by their zones."""
    town.define_fargate()
    town.service(desired=6, launchType="FARGATE")
    town.clock.settle(600)
    town.call("UpdateService", cluster="shop", service="web", desiredCount=3)
    town.clock.settle(600)
    assert sorted(each["availabilityZone"][-1] for each in town.tasks()) == ["a", "b", "c"]


@given(
    st.lists(ROOMY, min_size=2, max_size=4),
    st.lists(STRATEGIES, min_size=1, max_size=3),
    st.lists(st.sampled_from(["web", "large"]), min_size=5, max_size=10),
)
@settings(max_examples=60, deadline=None)
def test_each_task_that_goes_is_the_one_that_the_strategies_name(
    fleet: list[tuple[str, str, int, int]], strategies: list[dict[str, str]], families: list[str]
) -> None:
    """Whatever the fleet and the strategies, no other task would leave more or a better balance."""
    town = Town()
    for zone, rack, cpu, memory in fleet:
        put(town, town.instance(zone, cpu=cpu, memory=memory), rack=rack)
    town.define()
    town.define("large", container={"cpu": 300, "memory": 600})
    for family in families:
        town.call("RunTask", cluster="shop", taskDefinition=family)
    left = list(town.ecs.state.clusters["shop"].tasks.values())
    gone: list[Task] = []
    for task in scale_in_order(list(left), strategies):
        standing = [
            [value for each in strategies for value in loss(one, each, left, gone)] for one in left
        ]
        assert standing[left.index(task)] == min(standing)
        left.remove(task)
        gone.append(task)
    assert left == []
    assert scale_in_order(gone, strategies, 2) == scale_in_order(gone, strategies)[:2]


def loss(task: Task, strategy: dict[str, str], left: list[Task], gone: list[Task]) -> list[int]:
    """What AWS's page says that a strategy looks at on scale-in; the smallest goes first."""
    instance = task.container_instance
    assert instance is not None
    if strategy["type"] == "binpack":
        here = [
            each.definition.needs for each in [task, *gone] if each.container_instance is instance
        ]
        if strategy["field"] == "cpu":
            return [-instance.free_cpu - sum(each.cpu_units for each in here)]
        return [-instance.free_memory - sum(each.memory_mib for each in here)]
    in_zone = sum(1 for each in left if each.zone == task.zone)
    return [-in_zone, -sum(1 for each in left if value(each, strategy) == value(task, strategy))]


def value(task: Task, strategy: dict[str, str]) -> str | None:
    """A task's value of the field that is spread over."""
    assert task.container_instance is not None
    name = strategy["field"].removeprefix("attribute:")
    instance = task.container_instance
    return instance.id if name == "instanceId" else instance.attributes[name]


def test_search_sees_tasks_that_others_place(town: Town) -> None:
    """An instance that is ruled out by its tasks may be right for the next task of the order."""
    town.instance()
    town.define()
    state = town.ecs.state
    instances = list(state.clusters["shop"].container_instances.values())
    needs = state.families["web"][1].needs
    rules = Rules(member_of("task:group == database"))
    search = Search(
        instances,
        needs,
        rules,
        SERVICE_DEFAULT,
        Neighbours.of([], spread_fields(SERVICE_DEFAULT)),
        state.ids,
    )
    assert [each.reason for each in search.next()[1]] == [MEMBER_OF]
    run(town, group="database")
    assert search.next()[0] is instances[0]


def test_scale_in_settles_ties_alike_every_time() -> None:
    """The same seed stops the same tasks."""

    def left() -> list[str]:
        town = Town(seed=3)
        for zone in "ab":
            town.instance(zone)
        town.define()
        town.service(desired=8)
        town.clock.settle(600)
        stopped_first(town, 3)
        return [each["taskArn"] for each in town.tasks()]

    assert left() == left()
