"""Deployments that fail, and what ECS does about it: circuit breaker, alarms, throttle, stop."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.circuit_breaker import threshold
from ecs_lab.engine.errors import ConflictException, InvalidParameterException
from ecs_lab.engine.surroundings import Anywhere, CannotStartError

if TYPE_CHECKING:
    from town import Town

    from ecs_lab.engine.model import Container, Task


class BadImage(Anywhere):
    """Surroundings in which the image `broken` cannot be pulled."""

    def pull_image(self, task: Task, container: Container, digest: str | None) -> str:
        """Refuse the broken one."""
        if container.definition["image"] == "broken":
            raise CannotStartError("CannotPullContainerError: not found")
        return super().pull_image(task, container, digest)


def breaker(*, rollback: bool, **more: Any) -> dict[str, Any]:
    """A deployment configuration with the circuit breaker on."""
    return {"deploymentCircuitBreaker": {"enable": True, "rollback": rollback, **more}}


def deploy_broken(town: Town, configuration: dict[str, Any], desired: int = 2) -> None:
    """A service that runs, and an update to a revision whose image is not there."""
    town.ecs.state.surroundings = BadImage()
    town.define_fargate()
    town.service(desired=desired, launchType="FARGATE", deploymentConfiguration=configuration)
    town.clock.settle(600)
    town.define_fargate(image="broken")
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web")


def records(town: Town) -> list[dict[str, Any]]:
    """The service's deployments, newest first, described."""
    arns = [
        each["serviceDeploymentArn"]
        for each in town.call("ListServiceDeployments", cluster="shop", service="web")[
            "serviceDeployments"
        ]
    ]
    found = town.call("DescribeServiceDeployments", serviceDeploymentArns=arns)
    described: list[dict[str, Any]] = found["serviceDeployments"]
    return described


@pytest.mark.parametrize(
    ("desired", "configuration", "expected"),
    [  # the first four are AWS's own table
        (1, None, 3),
        (25, None, 13),
        (400, None, 200),
        (800, None, 200),
        (10, None, 5),
        (401, None, 200),
        (10, {"type": "BOUNDED_PERCENT", "value": 10}, 3),
        (10, {"type": "UNBOUNDED_PERCENT", "value": 10}, 1),
        (1000, {"type": "UNBOUNDED_PERCENT", "value": 50}, 500),
        (10, {"type": "COUNT", "value": 7}, 7),
    ],
)
def test_threshold(desired: int, configuration: dict[str, Any] | None, expected: int) -> None:
    """Half the desired count, between 3 and 200, unless configured otherwise."""
    assert threshold(desired, configuration) == expected


def test_circuit_breaker_rolls_back_to_the_last_completed_revision(town: Town) -> None:
    """At the third failure the deployment fails, and the old revision is primary again."""
    deploy_broken(town, breaker(rollback=True))
    town.clock.advance(1200)
    newest = records(town)[0]
    assert newest["status"] == "ROLLBACK_SUCCESSFUL"
    assert newest["deploymentCircuitBreaker"] == {
        "status": "TRIGGERED",
        "failureCount": 3,
        "threshold": 3,
    }
    assert newest["rollback"]["reason"] == (
        "ECS deployment circuit breaker: tasks failed to start."
    )
    service = town.described()
    assert service["taskDefinition"].endswith("web:1")
    assert service["runningCount"] == 2
    assert [each["rolloutState"] for each in service["deployments"]] == ["COMPLETED"]
    assert any(m.endswith("deployment failed: tasks failed to start.") for m in town.messages())
    assert any("rolling back to deployment ecs-svc/" in m for m in town.messages())


def test_circuit_breaker_without_rollback_stops_launching(town: Town) -> None:
    """The deployment is FAILED and stays primary; no more tasks are started, old ones run on."""
    deploy_broken(town, breaker(rollback=False))
    town.clock.advance(1200)
    primary = town.described()["deployments"][0]
    assert (primary["rolloutState"], primary["failedTasks"]) == ("FAILED", 3)
    stopped = len(town.tasks(desiredStatus="STOPPED"))
    town.clock.advance(3000)
    assert town.described()["runningCount"] == 2
    assert len(town.tasks(desiredStatus="STOPPED")) <= stopped
    assert records(town)[0]["status"] == "STOPPED"


def test_first_deployment_that_fails_has_nothing_to_roll_back_to(town: Town) -> None:
    """With no completed deployment nothing new is launched."""
    town.ecs.state.surroundings = BadImage()
    town.define_fargate(image="broken")
    town.service(launchType="FARGATE", deploymentConfiguration=breaker(rollback=True))
    town.clock.advance(1200)
    assert records(town)[0]["status"] == "STOPPED"
    assert town.described()["runningCount"] == 0


def test_without_circuit_breaker_it_tries_for_ever_and_ever_more_slowly(town: Town) -> None:
    """Each wave of failures waits longer, at most 27 minutes; a service update ends the wait."""
    deploy_broken(town, {}, desired=1)
    town.clock.advance(6 * 3600)
    starts = [at for at, what in town.history("task") if what == "PENDING -> ACTIVATING"]
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts[1:])]
    assert gaps == sorted(gaps)
    assert 27 * 60 <= gaps[-1] < 29 * 60
    assert town.described()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert "(service web) is unable to consistently start tasks successfully." in town.messages()
    town.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    town.clock.advance(60)
    assert len(starts) < len([w for _, w in town.history("task") if w == "PENDING -> ACTIVATING"])


def test_settle_ends_although_a_service_never_starts(town: Town) -> None:
    """What goes on for ever does not hold up settle."""
    deploy_broken(town, {}, desired=1)
    assert town.clock.settle(3600) < 600


def test_alarm_that_rings_at_the_beginning_is_ignored(town: Town) -> None:
    """The deployment may be what mends the trouble: it is not watched at all."""
    anywhere = Anywhere()
    town.ecs.state.surroundings = anywhere
    anywhere.ringing.add("errors")
    town.define_fargate()
    alarms = {"alarmNames": ["errors"], "enable": True, "rollback": True}
    town.service(launchType="FARGATE", deploymentConfiguration={"alarms": alarms})
    town.clock.settle(1200)
    newest = records(town)[0]
    assert (newest["status"], newest["alarms"]["status"]) == ("SUCCESSFUL", "DISABLED")


def test_alarm_fails_the_deployment_and_rolls_it_back(town: Town) -> None:
    """An alarm that rings while the deployment is being watched brings the old revision back."""
    anywhere = Anywhere()
    town.ecs.state.surroundings = anywhere
    town.define_fargate()
    alarms = {"alarmNames": ["errors"], "enable": True, "rollback": True}
    town.service(launchType="FARGATE", deploymentConfiguration={"alarms": alarms})
    town.clock.settle(1200)
    assert records(town)[0]["status"] == "SUCCESSFUL"
    town.define_fargate(image="nginx:2")
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web")
    town.clock.advance(120)
    anywhere.ringing.add("errors")
    town.clock.advance(120)
    anywhere.ringing.clear()
    town.clock.settle(1200)
    newest = records(town)[0]
    assert newest["status"] == "ROLLBACK_SUCCESSFUL"
    assert newest["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["errors"],
        "triggeredAlarmNames": ["errors"],
    }
    assert town.described()["taskDefinition"].endswith("web:1")


def test_deployments_and_revisions_are_listed_and_described(town: Town) -> None:
    """Each deployment names its source and target revision; revisions never change."""
    town.define_fargate()
    town.service(launchType="FARGATE")
    town.clock.settle(600)
    town.define_fargate(image="nginx:2")
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web")
    town.clock.settle(600)
    newest, first = records(town)
    assert [newest["status"], first["status"]] == ["SUCCESSFUL", "SUCCESSFUL"]
    arns = [newest["targetServiceRevision"]["arn"], newest["sourceServiceRevisions"][0]["arn"]]
    assert arns[1] == first["targetServiceRevision"]["arn"]
    found = town.call("DescribeServiceRevisions", serviceRevisionArns=arns)["serviceRevisions"]
    assert [each["taskDefinition"].rpartition(":")[2] for each in found] == ["2", "1"]
    image = {"containerName": "web", "imageDigest": "sha256:" + "0" * 64, "image": "nginx:2"}
    assert found[0]["containerImages"] == [image]
    assert town.described()["currentServiceDeployment"] == newest["serviceDeploymentArn"]


def test_deployment_can_be_stopped_with_a_rollback(town: Town) -> None:
    """StopServiceDeployment brings the last completed revision back; ended ones are refused."""
    deploy_broken(town, {})
    arn = records(town)[0]["serviceDeploymentArn"]
    town.call("StopServiceDeployment", serviceDeploymentArn=arn)
    town.clock.settle(600)
    assert records(town)[0]["status"] == "ROLLBACK_SUCCESSFUL"
    assert town.described()["taskDefinition"].endswith("web:1")
    with pytest.raises(ConflictException):
        town.call("StopServiceDeployment", serviceDeploymentArn=arn)


@pytest.mark.parametrize(
    "asked",
    [
        {"type": "NOTHING", "value": 3},
        {"type": "BOUNDED_PERCENT", "value": 101},
        {"type": "COUNT", "value": 0},
    ],
)
def test_circuit_breaker_threshold_has_its_ranges(town: Town, asked: dict[str, Any]) -> None:
    """A threshold outside of AWS's ranges is refused."""
    town.define_fargate()
    configuration = breaker(rollback=True, thresholdConfiguration=asked)
    with pytest.raises(InvalidParameterException):
        town.service(launchType="FARGATE", deploymentConfiguration=configuration)
