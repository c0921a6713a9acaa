"""Tasks that follow the container instances: daemon services, draining, zones kept balanced."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ecs_lab.engine.errors import InvalidParameterException

if TYPE_CHECKING:
    from town import Town


def drain(town: Town, arn: str, status: str = "DRAINING") -> None:
    """Set a container instance to DRAINING, or back."""
    town.call(
        "UpdateContainerInstancesState", cluster="shop", containerInstances=[arn], status=status
    )


def where(town: Town) -> Counter[str]:
    """How many of the tasks that are to run are on each instance."""
    return Counter(each["containerInstanceArn"] for each in town.tasks())


def test_daemon_runs_one_task_on_each_instance(town: Town) -> None:
    """Instances that come get a task, instances that go take theirs along."""
    first, second = town.instance("a"), town.instance("b")
    town.define()
    town.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        schedulingStrategy="DAEMON",
        launchType="EC2",
    )
    town.clock.settle(600)
    assert where(town) == {first: 1, second: 1}
    third = town.instance("c")
    town.clock.settle(600)
    assert where(town) == {first: 1, second: 1, third: 1}
    town.ecs.instance_lost(first, "terminated")
    town.clock.settle(600)
    assert where(town) == {second: 1, third: 1}
    service = town.described()
    assert (service["desiredCount"], service["runningCount"]) == (2, 2)
    assert service["schedulingStrategy"] == "DAEMON"
    assert service["deploymentConfiguration"]["minimumHealthyPercent"] == 0


def test_daemon_replaces_a_revision_on_each_instance(town: Town) -> None:
    """A new revision comes to every instance, never beside the old one."""
    arns = [town.instance(zone, memory=300) for zone in "abc"]
    town.define()
    town.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        schedulingStrategy="DAEMON",
    )
    town.clock.settle(600)
    town.define(container={"image": "nginx:2"})
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web")
    for _ in range(200):
        town.clock.advance(1)
        assert all(count == 1 for count in where(town).values())
    assert where(town) == dict.fromkeys(arns, 1)
    assert {each["taskDefinitionArn"].rpartition(":")[2] for each in town.tasks()} == {"2"}


@pytest.mark.parametrize(
    "request_",
    [{"desiredCount": 2}, {"placementStrategy": [{"type": "random"}]}, {"launchType": "FARGATE"}],
)
def test_daemon_has_no_count_no_strategy_and_no_fargate(
    town: Town, request_: dict[str, object]
) -> None:
    """AWS refuses what makes no sense for one task on each instance."""
    town.define()
    with pytest.raises(InvalidParameterException):
        town.call(
            "CreateService",
            cluster="shop",
            serviceName="web",
            taskDefinition="web",
            schedulingStrategy="DAEMON",
            **request_,
        )


def test_draining_moves_service_tasks_and_leaves_standalone_ones(town: Town) -> None:
    """Replacements start first (100/200), then the tasks on the instance stop."""
    old, new = town.instance("a", memory=4096), town.instance("a", memory=4096)
    drain(town, new)
    town.define()
    town.call("RunTask", cluster="shop", taskDefinition="web")
    town.service(desired=2)
    town.clock.settle(600)
    drain(town, new, "ACTIVE")
    drain(town, old)
    fewest = 2
    for _ in range(200):
        town.clock.advance(1)
        fewest = min(fewest, town.described()["runningCount"])
    assert fewest == 2
    assert where(town) == {old: 1, new: 2}
    assert [each["group"] for each in town.tasks(containerInstance=old)] == ["family:web"]


def test_draining_with_100_and_100_percent_is_stuck_and_says_so(town: Town) -> None:
    """The scheduler may neither stop nor start a task, and writes the event that AWS documents."""
    old = town.instance("a")
    town.define()
    bounds = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    town.service(desired=2, deploymentConfiguration=bounds)
    town.clock.settle(600)
    town.instance("b")
    drain(town, old)
    town.clock.advance(600)
    assert where(town) == {old: 2}
    assert any("unable to stop or start tasks during a deployment" in m for m in town.messages())


def test_draining_with_50_percent_stops_first(town: Town) -> None:
    """With 50/100 half of the tasks may be missing, so they stop before others start."""
    old, new = town.instance("a"), town.instance("b")
    drain(town, new)
    town.define()
    bounds = {"minimumHealthyPercent": 50, "maximumPercent": 100}
    town.service(desired=2, deploymentConfiguration=bounds)
    town.clock.settle(600)
    drain(town, new, "ACTIVE")
    drain(town, old)
    town.clock.settle(600)
    assert where(town) == {new: 2}


def test_zones_are_balanced_again_when_capacity_comes(town: Town) -> None:
    """Four tasks in one zone move until each of two zones has two, without going below four."""
    first = town.instance("a", memory=4096)
    town.define()
    town.service(desired=4)
    town.clock.settle(600)
    assert where(town) == {first: 4}
    second = town.instance("b", memory=4096)
    town.call("UpdateService", cluster="shop", service="web", forceNewDeployment=False)
    for _ in range(300):
        town.clock.advance(1)
        assert town.described()["runningCount"] >= 4
    assert where(town) == {first: 2, second: 2}
    assert any("is not AZ balanced with" in message for message in town.messages())


def test_zones_stay_as_they_are_where_rebalancing_is_off(town: Town) -> None:
    """DISABLED leaves the tasks where they are."""
    first = town.instance("a", memory=4096)
    town.define()
    town.service(desired=4, availabilityZoneRebalancing="DISABLED")
    town.clock.settle(600)
    town.instance("b", memory=4096)
    town.call("UpdateService", cluster="shop", service="web", desiredCount=4)
    town.clock.settle(600)
    assert where(town) == {first: 4}


def test_protected_task_is_neither_scaled_in_nor_replaced_until_its_protection_ends(
    town: Town,
) -> None:
    """Scaling in passes over protected tasks, says so, and takes them when protection expires."""
    town.define_fargate()
    town.service(desired=3, launchType="FARGATE")
    town.clock.settle(600)
    arns = [each["taskArn"] for each in town.tasks()]
    town.call(
        "UpdateTaskProtection",
        cluster="shop",
        tasks=arns[:2],
        protectionEnabled=True,
        expiresInMinutes=30,
    )
    town.call("UpdateService", cluster="shop", service="web", desiredCount=1)
    town.clock.advance(600)
    assert sorted(each["taskArn"] for each in town.tasks()) == sorted(arns[:2])
    assert any("protected tasks are more than the desired count" in m for m in town.messages())
    town.clock.advance(1800)
    assert len(town.tasks()) == 1
