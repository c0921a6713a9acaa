"""Proofs of the questions on task placement: strategies, constraints, the order of the steps."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

ZONES = {"type": "spread", "field": "attribute:ecs.availability-zone"}
INSTANCES = {"type": "spread", "field": "instanceId"}
PACK = {"type": "binpack", "field": "memory"}
DISTINCT = {"type": "distinctInstance"}
STAY: dict[str, Any] = {"availabilityZoneRebalancing": "DISABLED"}
"""Tasks stay where they are placed: what a question asks is not balanced away afterwards."""


def member_of(expression: str) -> list[dict[str, str]]:
    """The constraint memberOf with an expression."""
    return [{"type": "memberOf", "expression": expression}]


def per_instance(tasks: Iterable[dict[str, Any]]) -> list[int]:
    """How many of the tasks each instance that has any has, the most first."""
    counts = Counter(task["containerInstanceArn"] for task in tasks)
    return sorted(counts.values(), reverse=True)


def per_zone(tasks: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many of the tasks are in each zone, by the zone's letter."""
    return dict(sorted(Counter(task["availabilityZone"][-1] for task in tasks).items()))


def remove(lab: ProofLab, name: str = "web") -> None:
    """Delete a service with its tasks, so that the next one finds the instances empty."""
    lab.client("ecs").delete_service(cluster="shop", service=name, force=True)
    lab.settle()


def two_in_zone_a(lab: ProofLab) -> None:
    """The cluster shop with two instances in zone a, one in b and one in c; the definition web."""
    scene.cluster(lab, instances=3)
    scene.launch(lab, "ECS_CLUSTER=shop", 0)
    lab.wait(scene.BOOT_S)
    scene.definition(lab)


def fill(lab: ProofLab, instance: dict[str, Any], memory: int, **changes: Any) -> None:
    """Take memory (MiB) of one instance by a task that is started on it."""
    filler = scene.definition(lab, scene.container("filler", memory=memory, **changes), family="f")
    lab.client("ecs").start_task(
        cluster="shop",
        taskDefinition=filler,
        containerInstances=[instance["containerInstanceArn"]],
    )
    lab.settle()


@proof
def fewest_instances(lab: ProofLab, option: Options) -> None:
    """Six small tasks on six instances, by each way of placing them."""
    scene.cluster(lab, instances=6)
    scene.definition(lab)
    ways: dict[str, dict[str, Any]] = {
        "spread on instanceId": {"placementStrategy": [INSTANCES]},
        "binpack on memory": {"placementStrategy": [PACK]},
        "random": {"placementStrategy": [{"type": "random"}], "placementConstraints": [DISTINCT]},
        "spread on attribute": {"placementStrategy": [ZONES]},
    }
    used = {}
    for start, way in ways.items():
        scene.service(lab, count=6, **way, **STAY)
        used[start] = len(per_instance(scene.tasks(lab)))
        lab.diagram(start)
        remove(lab)
    for start, count in used.items():
        option(start).holds_if(count == 1, f"the tasks are on {count} instances")


@proof
def default_spread(lab: ProofLab, option: Options) -> None:
    """Two instances in zone a, one in b, one in c; a service of six without a strategy."""
    two_in_zone_a(lab)
    scene.service(lab, count=6)
    lab.diagram("Six tasks, no strategy")
    zones = per_zone(scene.tasks(lab))
    option.values(zones["a"], {"Three": 3, "Six": 6, "Two": 2}, "{} tasks run in zone a")


@proof
def even_over_instances(lab: ProofLab, option: Options) -> None:
    """Eight tasks on four instances, two of them in one zone; then one instance is lost."""
    two_in_zone_a(lab)
    ways: dict[str, dict[str, Any]] = {
        "The strategy spread on instanceId": {"placementStrategy": [INSTANCES]},
        "The constraint": {"placementConstraints": [DISTINCT]},
        "The strategy spread on attribute": {"placementStrategy": [ZONES]},
        "The strategy binpack": {"placementStrategy": [{"type": "binpack", "field": "cpu"}]},
    }
    seen = {}
    for start, way in ways.items():
        scene.service(lab, count=8, **way, **STAY)
        seen[start] = per_instance(scene.tasks(lab))
        remove(lab)
    scene.service(lab, count=8, placementStrategy=[INSTANCES], **STAY)
    lost = scene.instances(lab)[0]["ec2InstanceId"]
    lab.client("ec2").terminate_instances(InstanceIds=[lost])
    lab.wait(300)
    left = len(scene.tasks(lab))
    assert left == 8, "with spread all eight should run on three instances"
    for start, counts in seen.items():
        option(start).holds_if(counts == [2, 2, 2, 2], f"tasks on the instances: {counts}")


@proof
def zones_then_tight(lab: ProofLab, option: Options) -> None:
    """Two instances in each of three zones; six tasks by each list of strategies."""
    scene.cluster(lab, instances=6)
    scene.definition(lab)
    ways = {
        "binpack on memory, then": [PACK, ZONES],
        "spread on instanceId, then": [INSTANCES, PACK],
        "spread on attribute": [ZONES, PACK],
    }
    for start, strategies in ways.items():
        scene.service(lab, count=6, placementStrategy=strategies, **STAY)
        zones, hosts = per_zone(scene.tasks(lab)), len(per_instance(scene.tasks(lab)))
        lab.diagram(start)
        remove(lab)
        option(start).holds_if(
            len(zones) == 3 and hosts == 3, f"tasks by zone: {zones}, on {hosts} instances"
        )


@proof
def least_that_fits(lab: ProofLab, option: Options) -> None:
    """Three instances with 600, 900 and 1,900 MiB left; a task of 700 MiB, binpack on memory."""
    scene.cluster(lab, instances=3)
    left = {}
    for instance, wanted in zip(scene.instances(lab), (600, 900, 1900), strict=True):
        has = instance["remainingResources"][1]["integerValue"]
        fill(lab, instance, has - wanted)
        left[instance["containerInstanceArn"]] = wanted
    scene.definition(lab, scene.container(memory=700))
    (task,) = scene.run_task(lab, placementStrategy=[PACK])["tasks"]
    chosen = left[task["containerInstanceArn"]]
    starts = {
        "To the instance with 1,900": 1900,
        "To the instance with 900": 900,
        "To the instance with 600": 600,
        "To none": 0,
    }
    option.values(chosen, starts, "it goes to the instance with {} MiB")


@proof
def price_of_packing(lab: ProofLab, option: Options) -> None:
    """Three small tasks, packed; their instance is lost. Then more tasks than one can hold."""
    scene.cluster(lab, instances=3)
    scene.definition(lab, scene.container(memory=512))
    scene.service(lab, count=3, placementStrategy=[PACK], **STAY)
    together = per_instance(scene.tasks(lab))
    option("Each task now").holds_if(len(together) == 3, f"tasks on the instances: {together}")
    host = scene.tasks(lab)[0]["containerInstanceArn"]
    at = {each["containerInstanceArn"]: each["ec2InstanceId"] for each in scene.instances(lab)}
    lab.client("ec2").terminate_instances(InstanceIds=[at[host]])
    lab.wait(5)
    lost = 3 - len(scene.tasks(lab))
    option("The loss").holds_if(lost == 3, f"{lost} of 3 tasks are lost with the instance")
    lab.settle()
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=5)
    lab.settle()
    running = len(scene.tasks(lab))
    option("A task that finds").holds_if(running < 5, f"{running} of 5 tasks run")


@proof
def one_zone_has_room(lab: ProofLab, option: Options) -> None:
    """An instance in zone a with room, one in zone b that is full, and spread over zones."""
    scene.cluster(lab, instances=2)
    full = scene.instances(lab)[1]
    fill(lab, full, full["remainingResources"][1]["integerValue"])
    scene.definition(lab)
    scene.service(lab, count=4, placementStrategy=[ZONES])
    lab.diagram("Zone b is full")
    tasks = scene.tasks(lab, serviceName="web")
    desired = scene.describe_service(lab)["desiredCount"]
    found = f"tasks by zone: {per_zone(tasks)}, desired {desired}"
    option("All four").holds_if(len(tasks) == 4, found)
    option("Two tasks run in zone a, and two wait").holds_if(len(tasks) == 2, found)
    option("No task").holds_if(not tasks, found)
    option("Two tasks run in zone a, and the service").holds_if(desired == 2, found)


@proof
def nobody_matches(lab: ProofLab, option: Options) -> None:
    """A memberOf constraint on a type that no instance has."""
    scene.cluster(lab, instances=2)
    scene.definition(lab)
    only = member_of("attribute:ecs.instance-type == g4dn.xlarge")
    refused = scene.refusal(scene.service, lab, placementConstraints=only)
    option("CreateService fails").holds_if(bool(refused), "the service is created")
    lab.wait(1800)
    running, have = len(scene.tasks(lab)), len(scene.instances(lab))
    event = scene.describe_service(lab)["events"][0]["message"]
    found = f"{running} tasks run on {have} instances; {event}"
    option("The tasks run").holds_if(running > 0, found)
    option("ECS launches").holds_if(have > 2, found)
    option("No task runs").holds_if(running == 0 and "unable to place" in event, found)


@proof
def five_on_four(lab: ProofLab, option: Options) -> None:
    """distinctInstance, a desired count of 5, and four instances."""
    scene.cluster(lab, instances=3)
    scene.launch(lab, "ECS_CLUSTER=shop", 0, "t3.large")
    lab.wait(scene.BOOT_S)
    scene.definition(lab)
    refused = scene.refusal(scene.service, lab, count=5, placementConstraints=[DISTINCT])
    option("The service is refused").holds_if(bool(refused), "the service is created")
    counts = per_instance(scene.tasks(lab))
    event = scene.describe_service(lab)["events"][0]["message"]
    found = f"tasks on the instances: {counts}; {event}"
    option("Five tasks").holds_if(sum(counts) == 5, found)
    option("No task runs").holds_if(not counts, found)
    option("Four tasks").holds_if(counts == [1] * 4 and "unable to place" in event, found)


@proof
def license_per_host(lab: ProofLab, option: Options) -> None:
    """Three tasks on six instances by each setting; then only two instances are left."""
    scene.cluster(lab, instances=6)
    scene.definition(lab)
    ways: dict[str, dict[str, Any]] = {
        "The strategy spread": {"placementStrategy": [INSTANCES]},
        "The constraint": {"placementConstraints": [DISTINCT]},
        "The strategy binpack": {"placementStrategy": [{"type": "binpack", "field": "cpu"}]},
    }
    scene.service(lab, count=None, schedulingStrategy="DAEMON")
    daemons = len(scene.tasks(lab))
    option("The scheduling").holds_if(daemons == 3, f"{daemons} tasks run, and not three")
    remove(lab)
    for number, way in enumerate(ways.values()):
        scene.service(lab, count=3, serviceName=f"way-{number}", **way, **STAY)
    gone = [each["ec2InstanceId"] for each in scene.instances(lab)[2:]]
    lab.client("ec2").terminate_instances(InstanceIds=gone)
    lab.wait(600)
    lab.diagram("Two instances are left")
    for number, start in enumerate(ways):
        counts = per_instance(scene.tasks(lab, serviceName=f"way-{number}"))
        option(start).holds_if(max(counts) == 1, f"tasks on the two instances: {counts}")


@proof
def family_of_types(lab: ProofLab, option: Options) -> None:
    """Instances m5.large, m5.xlarge and t3.small; whom does each expression find?"""
    scene.cluster(lab, instances=1)
    for kind in ("m5.large", "m5.xlarge"):
        scene.launch(lab, "ECS_CLUSTER=shop", 0, kind)
    lab.wait(scene.BOOT_S)
    ecs = lab.client("ecs")
    for text in option:
        found = ecs.list_container_instances(cluster="shop", filter=text)["containerInstanceArns"]
        option(text).holds_if(len(found) == 2, f"it finds {len(found)} of the two m5 instances")


@proof
def own_attribute(lab: ProofLab, option: Options) -> None:
    """A tag on an EC2 instance and an attribute on another; whom does memberOf find?"""
    scene.cluster(lab, instances=3)
    scene.definition(lab)
    tagged, marked, _ = scene.instances(lab)
    tag = {"Key": "disk", "Value": "fast"}
    lab.client("ec2").create_tags(Resources=[tagged["ec2InstanceId"]], Tags=[tag])
    only = member_of("attribute:disk == fast")
    failed = scene.run_task(lab, placementConstraints=only)["failures"]
    option("An EC2 tag").holds_if(not failed, f"with the tag: {failed[0]['reason']}")
    arn = marked["containerInstanceArn"]
    mark = {"name": "disk", "value": "fast", "targetType": "container-instance", "targetId": arn}
    lab.client("ecs").put_attributes(cluster="shop", attributes=[mark])
    hosts = {
        task["containerInstanceArn"]
        for task in scene.run_task(lab, count=3, placementConstraints=only)["tasks"]
    }
    option("A custom attribute").holds_if(hosts == {arn}, "all tasks are on the marked instance")
    by_rank = [{"type": "spread", "field": "attribute:disk"}]
    ranked = scene.run_task(lab, count=9, placementStrategy=by_rank)["tasks"]
    elsewhere = sum(task["containerInstanceArn"] != arn for task in ranked)
    option("The strategy").holds_if(not elsewhere, f"{elsewhere} of 9 tasks are elsewhere")


@proof
def beside_the_cache(lab: ProofLab, option: Options) -> None:
    """The service cache on one of four instances, and web with each constraint."""
    scene.cluster(lab, instances=4)
    scene.definition(lab)
    scene.service(lab, count=1, serviceName="cache")
    (cache,) = scene.tasks(lab)
    ways = {
        "memberOf with the expression task:group": member_of("task:group == service:cache"),
        "memberOf with the expression service": member_of("service:name == cache"),
        "memberOf with the expression attribute": member_of("attribute:cache == running"),
    }
    for start, constraints in ways.items():
        refused = scene.refusal(scene.service, lab, count=2, placementConstraints=constraints)
        if refused:
            option(start).holds_if(False, refused)
            continue
        tasks = scene.tasks(lab, serviceName="web")
        beside = [t for t in tasks if t["containerInstanceArn"] == cache["containerInstanceArn"]]
        found = f"{len(tasks)} of 2 tasks run, {len(beside)} of them beside the cache"
        option(start).holds_if(len(beside) == 2, found)
        remove(lab)


@proof
def away_from_batch(lab: ProofLab, option: Options) -> None:
    """The service batch on two of three instances, and web of six with each setting."""
    scene.cluster(lab, instances=3)
    scene.definition(lab)
    scene.service(lab, count=2, serviceName="batch", placementConstraints=[DISTINCT], **STAY)
    busy = {task["containerInstanceArn"] for task in scene.tasks(lab)}
    ways = {
        "distinctInstance": [DISTINCT],
        "memberOf with not": member_of("not(task:group == service:batch)"),
        "memberOf with task:group == service:web": member_of("task:group == service:web"),
    }
    for start, constraints in ways.items():
        scene.service(lab, count=3, placementConstraints=constraints, **STAY)
        tasks = scene.tasks(lab, serviceName="web")
        bad = sum(task["containerInstanceArn"] in busy for task in tasks)
        found = f"{len(tasks)} tasks run, {bad} of them beside batch"
        option(start).holds_if(len(tasks) == 3 and not bad, found)
        remove(lab)


@proof
def port_before_strategy(lab: ProofLab, option: Options) -> None:
    """Instance A has the least memory left and the port taken; B has more, and the port free."""
    scene.cluster(lab, instances=2)
    a, b = scene.instances(lab)
    port = [{"containerPort": 80, "hostPort": 8080}]
    fill(lab, a, 1024, portMappings=port)
    scene.definition(lab, scene.container(portMappings=port))
    answer = scene.run_task(lab, placementStrategy=[PACK])
    hosts = [task["containerInstanceArn"] for task in answer["tasks"]]
    found = f"the task is on {'B' if hosts == [b['containerInstanceArn']] else 'A or nowhere'}"
    on_a = hosts == [a["containerInstanceArn"]]
    option("To B").holds_if(hosts == [b["containerInstanceArn"]], found)
    option("To A, on another").holds_if(on_a, found)
    option("To none").holds_if(not hosts, found)
    option("To A, where").holds_if(on_a, found)


@proof
def moved_to_fargate(lab: ProofLab, option: Options) -> None:
    """A Fargate service with a strategy, with a constraint, and with neither."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    strategy: dict[str, Any] = {"placementStrategy": [ZONES]}
    constraint: dict[str, Any] = {"placementConstraints": member_of("attribute:a == b")}
    for start, way in (
        ("Both are kept", strategy | constraint),
        ("The strategy is kept", strategy),
        ("The constraint is kept", constraint),
    ):
        refused = scene.refusal(scene.service, lab, launchType="FARGATE", **way)
        option(start).holds_if(not refused, refused)
    scene.service(lab, count=6, launchType="FARGATE")
    zones = per_zone(scene.tasks(lab))
    option("Both must go").holds_if(zones == {"a": 2, "b": 2, "c": 2}, f"tasks by zone: {zones}")


@proof
def fargate_zones(lab: ProofLab, option: Options) -> None:
    """Six Fargate tasks in one subnet; with a strategy, and with subnets in three zones."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    everywhere = scene.network(lab)
    one = {"awsvpcConfiguration": dict(everywhere["awsvpcConfiguration"])}
    one["awsvpcConfiguration"]["subnets"] = one["awsvpcConfiguration"]["subnets"][:1]
    scene.service(lab, count=6, launchType="FARGATE", networkConfiguration=one)
    before = per_zone(scene.tasks(lab))
    assert len(before) == 1, "one subnet should mean one zone"
    update = lab.client("ecs").update_service
    refused = scene.refusal(update, cluster="shop", service="web", placementStrategy=[ZONES])
    option("The placement strategy").holds_if(not refused, refused)
    update(cluster="shop", service="web", networkConfiguration=everywhere)
    lab.settle()
    after = per_zone(scene.tasks(lab))
    option("The service's subnets").holds_if(
        after == {"a": 2, "b": 2, "c": 2}, f"tasks by zone: {before}, then {after}"
    )


@proof
def six_to_three(lab: ProofLab, option: Options) -> None:
    """Two tasks in each of three zones, and then a desired count of 3."""
    scene.cluster(lab, instances=3)
    scene.definition(lab)
    scene.service(lab, count=6)
    before = scene.tasks(lab)
    assert per_zone(before) == {"a": 2, "b": 2, "c": 2}, "two tasks should be in each zone"
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=3)
    lab.settle()
    zones = per_zone(scene.tasks(lab))
    option("One in each zone").holds_if(
        zones == {"a": 1, "b": 1, "c": 1}, f"tasks that are left, by zone: {zones}"
    )
    option("Those of one zone").holds_if(len(zones) < 3, f"tasks that are left, by zone: {zones}")


@proof
def where_distinct(lab: ProofLab, option: Options) -> None:
    """distinctInstance in a task definition, and memberOf."""
    scene.cluster(lab, instances=1)
    refused = scene.refusal(scene.definition, lab, placementConstraints=[DISTINCT])
    for start in ("It holds for services", "It holds for all", "It is accepted"):
        option(start).holds_if(not refused, refused)
    linux = member_of("attribute:ecs.os-type == linux")
    accepted = not scene.refusal(scene.definition, lab, placementConstraints=linux)
    option("It is refused").holds_if(bool(refused) and accepted, f"{refused}; memberOf registers")


@proof
def changed_strategy(lab: ProofLab, option: Options) -> None:
    """Three tasks on three instances; then UpdateService names binpack."""
    scene.cluster(lab, instances=3)
    scene.definition(lab)
    scene.service(lab, count=3, **STAY)
    before = {task["taskArn"]: task["containerInstanceArn"] for task in scene.tasks(lab)}
    assert len(set(before.values())) == 3, "the tasks should be on three instances"
    lab.client("ecs").update_service(cluster="shop", service="web", placementStrategy=[PACK])
    lab.wait(600)
    tasks = scene.tasks(lab)
    after = {task["taskArn"]: task["containerInstanceArn"] for task in tasks}
    found = f"tasks on the instances: {per_instance(tasks)}, {len(before.keys() - after)} replaced"
    option("On one instance, moved").holds_if(len(set(after.values())) == 1, found)
    option("On the three").holds_if(after == before, found)
    option("On one instance, after").holds_if(len(set(after.values())) == 1, found)
    option("Nowhere").holds_if(not after, found)


@proof
def two_on_four(lab: ProofLab, option: Options) -> None:
    """Four instances, and each way to have two tasks on different ones."""
    scene.cluster(lab, instances=4)
    scene.definition(lab)
    daemon: dict[str, Any] = {"schedulingStrategy": "DAEMON"}
    ways: dict[str, tuple[int | None, dict[str, Any]]] = {
        "REPLICA with a desired count of 2 and distinct": (2, {"placementConstraints": [DISTINCT]}),
        "DAEMON with distinctInstance": (None, daemon | {"placementConstraints": [DISTINCT]}),
        "REPLICA with a desired count of 2 and binpack": (2, {"placementStrategy": [PACK]}),
        "DAEMON with a desired": (2, daemon),
    }
    for start, (count, way) in ways.items():
        refused = scene.refusal(scene.service, lab, count=count, **way)
        if refused:
            option(start).holds_if(False, refused)
            continue
        counts = per_instance(scene.tasks(lab))
        option(start).holds_if(counts == [1, 1], f"tasks on the instances: {counts}")
        remove(lab)


@proof
def refused_on_fargate(lab: ProofLab, option: Options) -> None:
    """A Fargate service with each part of the template."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    parts: dict[str, dict[str, Any]] = {
        "The placement strategy": {"placementStrategy": [ZONES]},
        "The placement constraint": {"placementConstraints": [DISTINCT]},
        "A maximum": {"deploymentConfiguration": {"maximumPercent": 200}},
        "A desired count": {"count": 7},
    }
    for number, (start, part) in enumerate(parts.items()):
        asked = {"launchType": "FARGATE", "serviceName": f"part-{number}"} | part
        refused = scene.refusal(scene.service, lab, **asked)
        option(start).holds_if(bool(refused), refused or "the service is created")


@proof
def only_m5_and_few(lab: ProofLab, option: Options) -> None:
    """Three m5.large, three t3.small; four tasks by each pair of the right one and another."""
    scene.cluster(lab, instances=3)
    for number in range(3):
        scene.launch(lab, "ECS_CLUSTER=shop", number, "m5.large")
    lab.wait(scene.BOOT_S)
    scene.definition(lab)
    only = {"placementConstraints": member_of("attribute:ecs.instance-type =~ m5.*")}
    none = {"placementConstraints": member_of("attribute:ecs.instance-type == m5")}
    packed = {"placementStrategy": [PACK]}
    large = {
        each["containerInstanceArn"]
        for each in scene.instances(lab)
        if each["registeredResources"][1]["integerValue"] > 4000
    }

    def works(**way: Any) -> tuple[bool, str]:
        """Whether four tasks run on one m5 instance, and where they run."""
        scene.service(lab, count=4, **way, **STAY)
        tasks = scene.tasks(lab)
        on_m5 = sum(task["containerInstanceArn"] in large for task in tasks)
        counts = per_instance(tasks)
        remove(lab)
        return counts == [4] and on_m5 == 4, f"tasks on the instances: {counts}, {on_m5} on m5"

    option("The constraint memberOf with attribute:ecs.instance-type =~").holds_if(
        *works(**only, **packed)
    )
    option("The constraint memberOf with attribute:ecs.instance-type ==").holds_if(
        *works(**none, **packed)
    )
    option("The strategy binpack").holds_if(*works(**only, **packed))
    option("The strategy spread").holds_if(*works(**only, placementStrategy=[INSTANCES]))
    both = only["placementConstraints"] + [DISTINCT]
    option("The constraint distinct").holds_if(*works(placementConstraints=both, **packed))
