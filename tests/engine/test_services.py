"""Services: they reach their count, keep it, move to new revisions within the bounds, and go."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from town import Town

from ecs_lab.engine.errors import (
    ClientException,
    InvalidParameterException,
    ServiceNotActiveException,
    ServiceNotFoundException,
)
from ecs_lab.engine.rolling import lower_bound, upper_bound
from ecs_lab.engine.service_tasks import healthy
from ecs_lab.engine.surroundings import Anywhere, ContainerRun, Ends

if TYPE_CHECKING:
    from ecs_lab.engine.model import Container, Task


class Crashing(Anywhere):
    """Surroundings in which every container ends after 5 s with 1."""

    def run_container(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """A short run."""
        return ContainerRun(5.0, 1)


def test_service_reaches_its_count_and_says_so(town: Town) -> None:
    """Tasks are started, run, and after 40 s count as healthy: deployment done, steady state."""
    town.define_fargate()
    town.service(desired=3, launchType="FARGATE")
    town.clock.settle(600)
    service = town.described()
    assert (service["runningCount"], service["pendingCount"]) == (3, 0)
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert {each["availabilityZone"] for each in town.tasks()} == {
        "us-east-1a",
        "us-east-1b",
        "us-east-1c",
    }
    assert [
        (at, what) for at, what in town.history("service") if "task" not in what.partition(")")[2]
    ] == [
        (0.0, "ACTIVE"),
        (
            69.0,
            f"(service web) (deployment {service['deployments'][0]['id']}) deployment completed.",
        ),
        (69.0, "(service web) has reached a steady state."),
    ]


def test_service_replaces_a_task_that_stops(town: Town) -> None:
    """A stopped task is replaced, and the service becomes steady again."""
    town.define_fargate()
    town.service(desired=2, launchType="FARGATE")
    town.clock.settle(600)
    lost = town.tasks()[0]["taskArn"]
    town.call("StopTask", cluster="shop", task=lost)
    town.clock.settle(600)
    assert town.described()["runningCount"] == 2
    assert lost not in [each["taskArn"] for each in town.tasks()]
    assert town.messages()[-2:] == [
        "(service web) has started 1 tasks",
        "(service web) has reached a steady state.",
    ]


def test_tasks_of_a_terminated_instance_are_replaced_elsewhere(town: Town) -> None:
    """Tasks end with AWS's reason when their host goes, and come up on another."""
    gone, left = town.instance("a"), town.instance("b")
    town.define()
    town.service(desired=2)
    town.clock.settle(600)
    instance_id = town.ecs.state.clusters["shop"].container_instances[gone.rpartition("/")[2]]
    town.ecs.instance_lost(gone, "terminated")
    town.clock.settle(600)
    assert [each["containerInstanceArn"] for each in town.tasks()] == [left, left]
    lost = town.tasks(desiredStatus="STOPPED")[0]
    assert lost["stoppedReason"] == f"Host EC2 (instance {instance_id.ec2_instance_id}) terminated"
    assert "exitCode" not in lost["containers"][0]


def test_service_without_room_says_why_and_goes_on_when_there_is_room(town: Town) -> None:
    """The event names the closest instance; a new instance ends the wait."""
    arn = town.instance(memory=300)
    town.define()
    town.service(desired=2)
    town.clock.settle(600)
    assert town.messages()[-1] == (
        "(service web) was unable to place a task because no container instance met all of its "
        f"requirements. The closest matching container-instance {arn.rpartition('/')[2]} has "
        "insufficient memory available."
    )
    said = len(town.messages())
    town.call("UpdateService", cluster="shop", service="web", desiredCount=3)
    town.clock.settle(600)
    assert len(town.messages()) == said + 1
    town.instance()
    town.clock.settle(600)
    assert town.described()["runningCount"] == 3


def test_service_in_an_empty_cluster_says_there_are_no_instances(town: Town) -> None:
    """The event's reason is that no container instances were found."""
    town.define()
    town.service(desired=1)
    town.clock.settle(600)
    assert town.messages()[-1].endswith(
        "Reason: No Container Instances were found in your cluster."
    )


def test_scaling_in_and_out(town: Town) -> None:
    """UpdateService with another count starts or stops tasks; zones stay balanced."""
    town.define_fargate()
    town.service(desired=6, launchType="FARGATE")
    town.clock.settle(600)
    town.call("UpdateService", cluster="shop", service="web", desiredCount=3)
    town.clock.settle(600)
    assert sorted(each["availabilityZone"][-1] for each in town.tasks()) == ["a", "b", "c"]
    stopped = town.tasks(desiredStatus="STOPPED")
    assert {each["stopCode"] for each in stopped} == {"ServiceSchedulerInitiated"}
    assert stopped[0]["stoppedReason"].startswith(
        "Scaling activity initiated by (deployment ecs-svc/"
    )


@pytest.mark.parametrize(
    ("desired", "least", "most", "lower", "upper"),
    [  # AWS's own examples first, then derived: reference/rules.md section 3
        (4, 50, 100, 2, 4),
        (2, 75, 100, 2, 2),
        (4, 100, 200, 4, 8),
        (3, 100, 125, 3, 3),
        (3, 50, 150, 2, 4),
        (5, 60, 140, 3, 7),
        (7, 70, 150, 5, 10),
    ],
)
def test_rolling_update_stays_within_its_bounds(
    town: Town, desired: int, least: int, most: int, lower: int, upper: int
) -> None:
    """At every moment at least the lower bound is healthy and at most the upper bound runs."""
    town.define_fargate()
    bounds = {"minimumHealthyPercent": least, "maximumPercent": most}
    town.service(desired=desired, launchType="FARGATE", deploymentConfiguration=bounds)
    town.clock.settle(600)
    town.define_fargate(image="nginx:2")
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web")
    service = town.ecs.state.clusters["shop"].services["web"]
    assert (lower_bound(service), upper_bound(service)) == (lower, upper)
    for _ in range(600):
        town.clock.advance(1)
        shown = town.described()
        assert shown["runningCount"] >= lower
        assert shown["runningCount"] + shown["pendingCount"] <= upper
    stuck = lower == desired == upper
    revisions = {each["taskDefinitionArn"].rpartition(":")[2] for each in town.tasks()}
    assert revisions == ({"1"} if stuck else {"2"})
    assert len(town.described()["deployments"]) == (2 if stuck else 1)


def test_deployment_of_a_crashing_revision_leaves_the_old_tasks(town: Town) -> None:
    """A program that ends after it ran is no failed task in AWS's sense: it is tried again and
    again, and the old tasks keep the service going.
    """
    town.define_fargate()
    town.service(desired=2, launchType="FARGATE")
    town.clock.settle(600)
    old = {each["taskArn"] for each in town.tasks()}
    town.ecs.state.surroundings = Crashing()
    town.define_fargate(image="broken")
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web")
    town.clock.advance(300)
    primary = town.described()["deployments"][0]
    assert primary["failedTasks"] == 0
    assert len(town.tasks(desiredStatus="STOPPED")) > 2
    assert primary["rolloutState"] == "IN_PROGRESS"
    assert old <= {each["taskArn"] for each in town.tasks()}


def test_deleting_a_service_drains_it_first(town: Town) -> None:
    """Force-deleted, it is DRAINING while tasks stop, then INACTIVE and out of the list."""
    town.define_fargate()
    town.service(desired=2, launchType="FARGATE")
    town.clock.settle(600)
    with pytest.raises(InvalidParameterException, match="while it is scaled above 0"):
        town.call("DeleteService", cluster="shop", service="web")
    town.call("DeleteService", cluster="shop", service="web", force=True)
    assert town.described()["status"] == "DRAINING"
    town.clock.settle(600)
    assert town.described()["status"] == "INACTIVE"
    assert town.call("ListServices", cluster="shop")["serviceArns"] == []
    with pytest.raises(ServiceNotActiveException):
        town.call("UpdateService", cluster="shop", service="web", desiredCount=1)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"serviceName": "bad name"}, InvalidParameterException),
        ({"taskDefinition": "nothing"}, ClientException),
        ({"desiredCount": -1}, InvalidParameterException),
        ({"desiredCount": None}, InvalidParameterException),
        ({"networkConfiguration": None}, InvalidParameterException),
        ({"launchType": "EC2", "platformVersion": "1.4.0"}, InvalidParameterException),
        ({"schedulingStrategy": "DAEMON"}, InvalidParameterException),
        ({"loadBalancers": [{"containerName": "web"}]}, InvalidParameterException),
        ({"deploymentConfiguration": {"maximumPercent": 99}}, InvalidParameterException),
        ({"placementStrategy": [{"type": "random"}]}, InvalidParameterException),
        ({"tags": [{"key": "aws:x", "value": "1"}]}, InvalidParameterException),
    ],
)
def test_refused_create_service_changes_nothing(
    town: Town, request_: dict[str, Any], error: type[Exception]
) -> None:
    """A call with one thing wrong is refused, and no service is there afterwards."""
    town.define_fargate()
    before = len(town.ecs.state.history)
    vpc = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    request = {
        "serviceName": "web",
        "taskDefinition": "web",
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": vpc,
        **request_,
    }
    with pytest.raises(error):
        town.call("CreateService", cluster="shop", **request)
    town.clock.settle(600)
    assert town.call("ListServices", cluster="shop")["serviceArns"] == []
    assert len(town.ecs.state.history) == before


def test_service_of_that_name_is_not_created_twice(town: Town) -> None:
    """A second CreateService with the name is refused in AWS's words."""
    town.define()
    town.service()
    with pytest.raises(
        InvalidParameterException, match=r"Creation of service was not idempotent\."
    ):
        town.service()


def test_unknown_service_is_not_found(town: Town) -> None:
    """UpdateService of a name that is not there."""
    with pytest.raises(ServiceNotFoundException, match=r"Service not found\."):
        town.call("UpdateService", cluster="shop", service="nothing", desiredCount=1)


def test_a_thousand_tasks_spread_evenly(town: Town) -> None:
    """Placement stays even at scale: 1,000 tasks over 100 instances are 10 on each."""
    arns = [town.instance("abc"[n % 3], cpu=4096, memory=8192) for n in range(99)]
    town.define(container={"cpu": 32, "memory": 64})
    town.service(desired=990)
    town.clock.settle(600)
    counts = {
        each.arn: len(each.tasks)
        for each in town.ecs.state.clusters["shop"].container_instances.values()
    }
    assert counts == dict.fromkeys(arns, 10)
    assert math.isclose(town.described()["runningCount"], 990)


def test_history_of_a_service_that_never_stays_up_does_not_grow_without_end(town: Town) -> None:
    """Of a very long history the oldest part is forgotten."""
    town.ecs.state.surroundings = Crashing()
    town.define_fargate()
    town.service(desired=50, launchType="FARGATE")
    town.clock.advance(8 * 3600)
    assert 20_000 <= len(town.ecs.state.history) <= 40_000


@pytest.mark.parametrize("after_s", range(60, 100, 3))
def test_scaling_in_during_a_deployment_keeps_the_lower_bound(after_s: int) -> None:
    """Healthy tasks that the same look scales in are not counted as ones that can be spared."""
    town = Town(seed=4)
    for zone in "aabbcc":
        town.instance(zone)
    town.define()
    bounds = {"minimumHealthyPercent": 100, "maximumPercent": 150}
    town.service(desired=6, deploymentConfiguration=bounds)
    town.clock.settle(600)
    town.define(container={"image": "nginx:2"})
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web")
    town.clock.advance(after_s)
    town.call("UpdateService", cluster="shop", service="web", desiredCount=2)
    service = town.ecs.state.clusters["shop"].services["web"]
    for _ in range(200):
        town.clock.advance(1)
        kept = [each for each in service.tasks.values() if not each.stopping]
        assert sum(healthy(town.ecs.state, each) for each in kept) >= 2


def test_a_grace_period_is_not_negative(town: Town) -> None:
    """Neither a new service nor an update may have one below 0, and nothing is changed."""
    town.define_fargate()
    with pytest.raises(InvalidParameterException, match="healthCheckGracePeriodSeconds"):
        town.service(launchType="FARGATE", healthCheckGracePeriodSeconds=-1)
    town.service(launchType="FARGATE", healthCheckGracePeriodSeconds=60)
    with pytest.raises(InvalidParameterException, match="healthCheckGracePeriodSeconds"):
        town.call("UpdateService", cluster="shop", service="web", healthCheckGracePeriodSeconds=-1)
    assert town.described()["healthCheckGracePeriodSeconds"] == 60
