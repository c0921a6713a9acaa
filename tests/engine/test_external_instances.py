"""External instances (ECS Anywhere): what the EXTERNAL launch type runs on, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from town import Town

from ecs_lab.engine.errors import EcsError

DEFINITION: dict[str, Any] = {"requiresCompatibilities": ["EXTERNAL"], "networkMode": "bridge"}
EXTERNAL = {"name": "ecs.capability.external"}


def server(town: Town, name: str = "mi-1", cpu: int = 1024) -> str:
    """Register an external instance; gives its ARN."""
    made = town.call(
        "RegisterContainerInstance",
        cluster="shop",
        instanceIdentityDocument=f'{{"instanceId": "{name}"}}',
        totalResources=[
            {"name": "CPU", "integerValue": cpu},
            {"name": "MEMORY", "integerValue": 1024},
        ],
        attributes=[EXTERNAL, {"name": "ecs.cpu-architecture", "value": "x86_64"}],
    )["containerInstance"]
    return str(made["containerInstanceArn"])


@pytest.fixture
def two_kinds(town: Town) -> Town:
    """A cluster with an EC2 instance and an external one, and a definition for both."""
    town.define()
    town.instance()
    server(town)
    return town


def run(town: Town, launch_type: str, count: int = 1) -> dict[str, Any]:
    """Run tasks with a launch type; gives RunTask's answer."""
    request = {"cluster": "shop", "taskDefinition": "web", "launchType": launch_type}
    return town.call("RunTask", **request, count=count)


def refused(town: Town, operation: str, **request: Any) -> str:
    """The code and message of a refused call."""
    with pytest.raises(EcsError) as caught:
        town.call(operation, cluster="shop", **request)
    return str(caught.value)


@pytest.mark.parametrize("launch_type", ["EC2", "EXTERNAL"])
def test_a_launch_type_keeps_to_its_instances(two_kinds: Town, launch_type: str) -> None:
    """Tasks of EXTERNAL go to external instances, those of EC2 to the others."""
    answer = run(two_kinds, launch_type, count=5)
    assert len(answer["tasks"]) == 4  # 256 MiB each: no fifth finds room
    assert {each["launchType"] for each in answer["tasks"]} == {launch_type}
    assert len({each["containerInstanceArn"] for each in answer["tasks"]}) == 1
    assert [each["reason"] for each in answer["failures"]] == ["RESOURCE:MEMORY"]


def test_external_tasks_need_an_external_instance(town: Town) -> None:
    """An EC2 instance is none."""
    town.define()
    town.instance()
    told = refused(town, "RunTask", taskDefinition="web", launchType="EXTERNAL")
    assert told == "InvalidParameterException: No Container Instances were found in your cluster."


def test_start_task_takes_the_launch_type_of_each_instance(two_kinds: Town) -> None:
    """StartTask names instances, and no launch type."""
    arns = two_kinds.call("ListContainerInstances", cluster="shop")["containerInstanceArns"]
    answer = two_kinds.call(
        "StartTask", cluster="shop", taskDefinition="web", containerInstances=[*arns, "missing"]
    )
    assert [each["launchType"] for each in answer["tasks"]] == ["EC2", "EXTERNAL"]
    assert [each["reason"] for each in answer["failures"]] == ["MISSING"]


def test_an_external_service_keeps_its_tasks_on_external_instances(two_kinds: Town) -> None:
    """Its tasks run there, and one whose server is deregistered comes back on another."""
    other = server(two_kinds, "mi-2")
    two_kinds.service(launchType="EXTERNAL", desired=2)
    two_kinds.clock.advance(120)
    assert two_kinds.described()["runningCount"] == 2
    assert two_kinds.described()["launchType"] == "EXTERNAL"
    two_kinds.call(
        "DeregisterContainerInstance", cluster="shop", containerInstance=other, force=True
    )
    two_kinds.clock.advance(120)
    places = {each["containerInstanceArn"] for each in two_kinds.tasks()}
    assert len(places) == 1
    assert other not in places
    assert two_kinds.described()["runningCount"] == 2


def test_an_external_daemon_runs_on_external_instances_only(two_kinds: Town) -> None:
    """One task on each of them."""
    server(two_kinds, "mi-2")
    two_kinds.call(
        "CreateService",
        cluster="shop",
        serviceName="agent",
        taskDefinition="web",
        launchType="EXTERNAL",
        schedulingStrategy="DAEMON",
    )
    two_kinds.clock.advance(120)
    assert two_kinds.described("agent")["runningCount"] == 2


def test_awsvpc_is_not_for_external_instances(two_kinds: Town) -> None:
    """They have no network interfaces of a VPC to give."""
    two_kinds.define(networkMode="awsvpc")
    told = refused(two_kinds, "RunTask", taskDefinition="web", launchType="EXTERNAL")
    assert "Task definition does not support launch_type EXTERNAL." in told


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("loadBalancers", [{"targetGroupArn": "arn:a", "containerName": "w", "containerPort": 80}]),
        ("serviceConnectConfiguration", {"enabled": True}),
    ],
)
def test_no_traffic_comes_to_external_services(two_kinds: Town, setting: str, value: Any) -> None:
    """Neither a load balancer nor Service Connect reaches them."""
    told = refused(
        two_kinds,
        "CreateService",
        serviceName="web",
        taskDefinition="web",
        launchType="EXTERNAL",
        desiredCount=1,
        **{setting: value},
    )
    assert "is not supported for the EXTERNAL launch type" in told


def test_a_task_set_can_be_external(two_kinds: Town) -> None:
    """CreateTaskSet takes the launch type EXTERNAL, without load balancers."""
    two_kinds.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        deploymentController={"type": "EXTERNAL"},
        desiredCount=1,
    )
    request = {"service": "web", "taskDefinition": "web", "launchType": "EXTERNAL"}
    balancer = {"targetGroupArn": "arn:a", "containerName": "web", "containerPort": 80}
    told = refused(two_kinds, "CreateTaskSet", **request, loadBalancers=[balancer])
    assert "Service load balancing is not supported" in told
    two_kinds.call("CreateTaskSet", cluster="shop", **request, scale={"value": 100.0})
    two_kinds.clock.advance(120)
    assert [each["launchType"] for each in two_kinds.tasks()] == ["EXTERNAL"]


def test_the_agent_of_a_server_is_updated_on_the_server(two_kinds: Town) -> None:
    """UpdateContainerAgent is not for external instances."""
    told = refused(two_kinds, "UpdateContainerAgent", containerInstance=server(two_kinds, "mi-2"))
    assert "not supported for external instances" in told


def test_managed_instances_are_asked_for_by_strategy(two_kinds: Town) -> None:
    """MANAGED_INSTANCES is no launchType of a request."""
    told = refused(two_kinds, "RunTask", taskDefinition="web", launchType="MANAGED_INSTANCES")
    assert "capacityProviderStrategy" in told
