"""Where tasks on EC2 go, and what is said when they go nowhere."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.errors import InvalidParameterException

if TYPE_CHECKING:
    from town import Town


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
