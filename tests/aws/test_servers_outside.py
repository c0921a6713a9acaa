"""Servers outside AWS, registered by the lab as ECS Anywhere's script does it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_lab import Lab


def make_role(lab: Lab, service: str = "ssm.amazonaws.com") -> None:
    """Make the role ecsAnywhereRole, which a service may assume."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    lab.client("iam").create_role(RoleName="ecsAnywhereRole", AssumeRolePolicyDocument=trust)


@pytest.fixture
def ecs(lab: Lab) -> Any:
    """ECS with a cluster `shop`, the role, and a definition for external instances."""
    client = lab.client("ecs")
    client.create_cluster(clusterName="shop")
    make_role(lab)
    client.register_task_definition(
        family="batch",
        requiresCompatibilities=["EXTERNAL"],
        containerDefinitions=[{"name": "work", "image": "nginx", "cpu": 128, "memory": 256}],
    )
    return client


def test_a_server_registers_with_what_marks_it_external(lab: Lab, ecs: Any) -> None:
    """Its id begins with mi-, it has ecs.capability.external and neither zone nor task ENIs."""
    arn = lab.register_external_instance("shop", "till", cpu_units=4096, memory_mib=8000)
    answer = ecs.describe_container_instances(
        cluster="shop", containerInstances=[arn], include=["TAGS"]
    )
    found = answer["containerInstances"][0]
    names = {each["name"] for each in found["attributes"]}
    resources = {each["name"]: each["integerValue"] for each in found["registeredResources"]}
    assert found["ec2InstanceId"].startswith("mi-")
    assert "ecs.capability.external" in names
    assert not names & {"ecs.availability-zone", "ecs.capability.task-eni", "ecs.instance-type"}
    assert (resources["CPU"], resources["MEMORY"]) == (4096, 8000)
    assert found["tags"] == [{"key": "Name", "value": "till"}]


def test_tasks_run_on_a_server(lab: Lab, ecs: Any) -> None:
    """RunTask and a service with launchType EXTERNAL, until the server is deregistered."""
    arn = lab.register_external_instance("shop")
    ecs.run_task(cluster="shop", taskDefinition="batch", launchType="EXTERNAL")
    ecs.create_service(
        cluster="shop",
        serviceName="work",
        taskDefinition="batch",
        launchType="EXTERNAL",
        desiredCount=2,
    )
    ecs.get_waiter("services_stable").wait(cluster="shop", services=["work"])
    tasks = lab.snapshot()["tasks"]
    assert [each["lastStatus"] for each in tasks] == ["RUNNING"] * 3
    assert {each["containerInstanceArn"] for each in tasks} == {arn}
    with pytest.raises(ecs.exceptions.InvalidParameterException, match="Found running tasks"):
        ecs.deregister_container_instance(cluster="shop", containerInstance=arn)
    ecs.deregister_container_instance(cluster="shop", containerInstance=arn, force=True)
    assert lab.snapshot()["containerInstances"] == []


def test_a_server_needs_a_role_that_systems_manager_may_assume(lab: Lab) -> None:
    """Without the role, or with another trust policy, the lab says what is missing."""
    lab.client("ecs").create_cluster(clusterName="shop")
    with pytest.raises(ValueError, match=r"create it with a trust policy for ssm\.amazonaws\.com"):
        lab.register_external_instance("shop")
    make_role(lab, "ec2.amazonaws.com")
    with pytest.raises(ValueError, match=r"ssm\.amazonaws\.com cannot assume"):
        lab.register_external_instance("shop")


@pytest.mark.parametrize(
    ("cluster", "settings", "told"),
    [
        ("nowhere", {}, "Cluster not found"),
        ("shop", {"memory_mib": 0}, "memory_mib"),
        ("shop", {"architecture": "sparc"}, "x86_64 or arm64"),
    ],
)
def test_what_cannot_be_registered(
    lab: Lab, ecs: Any, cluster: str, settings: dict[str, Any], told: str
) -> None:
    """A cluster that is not there, and sizes that no server has; nothing is registered."""
    assert ecs
    with pytest.raises(ValueError, match=told):
        lab.register_external_instance(cluster, **settings)
    assert lab.snapshot()["containerInstances"] == []


def test_a_picture_shows_servers_beside_the_region(lab: Lab, ecs: Any) -> None:
    """The server by its name, outside AWS, with its tasks in it."""
    lab.register_external_instance("shop", "till")
    ecs.run_task(cluster="shop", taskDefinition="batch", launchType="EXTERNAL")
    lab.settle()
    graph = lab.diagram().graph
    server = next(each for each in graph if each.kind == "external-instance")
    assert (server.label, server.group) == ("till", None)
    assert [each.kind for each in graph.inside(server.key)] == ["task"]
