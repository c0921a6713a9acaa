"""Services behind load balancers: what is refused, and how targets come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine import task_health
from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.surroundings import HEALTHY, Anywhere, TargetGroup, TargetHealth

if TYPE_CHECKING:
    from town import Town

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/{}/0123456789abcdef"
WEB, INSTANCES, UNUSED = ARN.format("web"), ARN.format("instances"), ARN.format("unused")
PORT = [{"containerPort": 80}]
CHECKING = TargetHealth("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
FAILED = TargetHealth("unhealthy", "Target.FailedHealthChecks", "Health checks failed")


def behind(group: str = WEB, container: str = "web", port: int = 80) -> list[dict[str, Any]]:
    """The `loadBalancers` of a request: one target group."""
    return [{"targetGroupArn": group, "containerName": container, "containerPort": port}]


@pytest.fixture
def groups(town: Town) -> Anywhere:
    """The town's surroundings with three target groups and a Classic Load Balancer."""
    around = town.ecs.state.surroundings
    assert isinstance(around, Anywhere)
    around.target_groups = {
        WEB: TargetGroup(),
        INSTANCES: TargetGroup("instance"),
        UNUSED: TargetGroup(has_load_balancer=False),
        "classic": TargetGroup("instance", classic=True, deregistration_delay_s=0.0),
    }
    return around


def fargate_service(town: Town, **request: Any) -> None:
    """A service `web` on Fargate behind the target group WEB."""
    town.define_fargate(portMappings=PORT)
    town.service(launchType="FARGATE", **{"loadBalancers": behind(), **request})


@pytest.mark.parametrize(
    ("balancers", "message"),
    [
        (behind(port=8080), "The container web did not have a container port 8080 defined."),
        (behind(container="app"), "The container app does not exist in the task definition."),
        (
            behind(UNUSED),
            (
                f"The target group with targetGroupArn {UNUSED} does not have an associated load "
                "balancer."
            ),
        ),
        (
            behind(INSTANCES),
            (
                f"The provided target group {INSTANCES} has target type instance, which is "
                "incompatible with the awsvpc network mode specified in the task definition."
            ),
        ),
        (behind(ARN.format("gone")), "The specified target group does not exist: "),
        (behind() * 6, "load balancers can have at most 5 items."),
        (
            [{"loadBalancerName": "classic", "containerName": "web", "containerPort": 80}],
            "Classic Load Balancers are not supported with the awsvpc network mode",
        ),
        ([{"containerName": "web", "containerPort": 80}], "give one of them"),
    ],
)
@pytest.mark.usefixtures("groups")
def test_load_balancer_that_cannot_reach_the_tasks_is_refused(
    town: Town, balancers: list[dict[str, Any]], message: str
) -> None:
    """Each mistake has AWS's text, and no service is made."""
    town.define_fargate(portMappings=PORT)
    with pytest.raises(InvalidParameterException) as refusal:
        town.service(launchType="FARGATE", loadBalancers=balancers)
    assert refusal.value.message.find(message) >= 0
    assert town.call("ListServices", cluster="shop")["serviceArns"] == []


@pytest.mark.usefixtures("groups")
def test_bridge_tasks_want_a_target_group_of_instances(town: Town) -> None:
    """Target type ip is refused for bridge, and one Classic Load Balancer is all there may be."""
    town.define(container={"portMappings": PORT})
    classic = {"loadBalancerName": "classic", "containerName": "web", "containerPort": 80}
    with pytest.raises(InvalidParameterException, match=r"type ip.*bridge network mode"):
        town.service(loadBalancers=behind(WEB))
    with pytest.raises(InvalidParameterException, match="at most 1 items"):
        town.service(loadBalancers=[classic, classic])
    with pytest.raises(InvalidParameterException, match="The load balancer other does not exist"):
        town.service(loadBalancers=[{**classic, "loadBalancerName": "other"}])


def test_fargate_task_is_a_target_by_its_own_address(town: Town, groups: Anywhere) -> None:
    """Two tasks are registered when they are ready, with ip and container port, in one event."""
    fargate_service(town)
    town.clock.settle(300)
    addresses = {each.private_ip for each in groups.interfaces.values()}
    assert {(each.group, each.id, each.port) for each in groups.targets} == {
        (WEB, address, 80) for address in addresses
    }
    assert town.messages()[:2] == [
        "(service web) has started 2 tasks",
        f"(service web) registered 2 targets in (target-group {WEB})",
    ]


def test_bridge_task_is_a_target_by_its_instance_and_host_port(
    town: Town, groups: Anywhere
) -> None:
    """Two tasks on one instance are two targets, each with the host port that Docker gave it."""
    town.instance()
    town.define(container={"portMappings": [{"containerPort": 80, "hostPort": 0}]})
    town.service(loadBalancers=behind(INSTANCES))
    town.clock.settle(300)
    ports = {t["containers"][0]["networkBindings"][0]["hostPort"] for t in town.tasks()}
    assert {each.port for each in groups.targets} == ports
    assert len(ports) == 2
    assert {each.id[:2] for each in groups.targets} == {"i-"}


@pytest.mark.usefixtures("groups")
def test_task_stops_after_the_deregistration_delay(town: Town) -> None:
    """A task that is scaled in drains its connections for 300 s before the stop signal."""
    fargate_service(town)
    town.clock.settle(300)
    town.call("UpdateService", cluster="shop", service="web", desiredCount=1)
    asked_s = town.history("task")[-1][0]
    town.clock.settle(3600)
    told = town.history("task")[-4:]
    assert [what.partition(" -> ")[2] for _, what in told] == [
        "DEACTIVATING",
        "STOPPING",
        "DEPROVISIONING",
        "STOPPED",
    ]
    assert told[1][0] - told[0][0] == 300
    assert told[0][0] >= asked_s
    deployment = town.described()["deployments"][0]["id"]
    assert f"(service web) deregistered 1 targets in (target-group {WEB})" in town.messages()
    assert (
        f"(service web, taskSet {deployment}) has begun draining connections on 1 tasks."
        in town.messages()
    )


def test_service_is_steady_when_its_targets_are_healthy(town: Town, groups: Anywhere) -> None:
    """While the load balancer still checks, the deployment is in progress; then it completes."""
    groups.set_health(WEB, CHECKING)
    fargate_service(town)
    town.clock.advance(300)
    assert town.described()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    groups.set_health(WEB, HEALTHY)
    town.clock.settle(300)
    assert town.described()["deployments"][0]["rolloutState"] == "COMPLETED"
    assert town.messages()[-1] == "(service web) has reached a steady state."


def test_task_with_an_unhealthy_target_is_stopped_after_the_grace_period(
    town: Town, groups: Anywhere
) -> None:
    """60 s after it started, not before, with AWS's event and stoppedReason."""
    one_by_one = {"minimumHealthyPercent": 0, "maximumPercent": 100}
    fargate_service(
        town, desired=1, healthCheckGracePeriodSeconds=60, deploymentConfiguration=one_by_one
    )
    town.clock.advance(40)
    groups.set_health(WEB, FAILED)
    town.clock.advance(40)
    task = next(iter(town.ecs.state.clusters["shop"].tasks.values()))
    assert (task.last_status, task_health.unhealthy(town.ecs.state, task)) == ("RUNNING", None)
    before = len(town.messages())
    town.clock.advance(10)
    assert (task.stop_code, task.stopped_reason) == (
        "ServiceSchedulerInitiated",
        f"Task failed ELB health checks in (target-group {WEB})",
    )
    reasons = [message for message in town.messages()[before:] if "unhealthy" in message]
    assert reasons == [
        (
            f"(service web) (task {task.id}) (port 80) is unhealthy in (target-group {WEB}) due to "
            "(reason Health checks failed)"
        )
    ]


@pytest.mark.usefixtures("groups")
def test_new_load_balancers_start_a_deployment(town: Town) -> None:
    """UpdateService with loadBalancers replaces the tasks by ones behind the new target group."""
    fargate_service(town, loadBalancers=[])
    town.clock.settle(300)
    town.call("UpdateService", cluster="shop", service="web", loadBalancers=behind())
    assert len(town.described()["deployments"]) == 2
    town.clock.settle(900)
    assert f"(service web) registered 2 targets in (target-group {WEB})" in town.messages()
    assert len(town.described()["deployments"]) == 1


def test_a_revision_says_which_target_groups_it_uses(town: Town, groups: Anywhere) -> None:
    """DescribeServiceRevisions resolves the load balancers of a revision."""
    assert WEB in groups.target_groups
    fargate_service(town)
    town.clock.settle(600)
    listed = town.call("ListServiceDeployments", cluster="shop", service="web")
    arn = listed["serviceDeployments"][0]["targetServiceRevisionArn"]
    found = town.call("DescribeServiceRevisions", serviceRevisionArns=[arn])["serviceRevisions"][0]
    assert found["resolvedConfiguration"] == {"loadBalancers": [{"targetGroupArn": WEB}]}
    assert found["guardDutyEnabled"] is False
