"""Ready-made pieces of the scenes in which proofs play: a cluster, task definitions, services.

All take a lab and make ordinary boto3 calls, so that a reader of the trace sees what was done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from ecs_lab.lab import Lab

CLUSTER = "shop"
IMAGE = "public.ecr.aws/nginx/nginx:1.27"
BOOT_S = 120
"""Longer than an instance takes from its launch to its registration."""


def cluster(lab: Lab, instances: int = 0, instance_type: str = "t3.small", config: str = "") -> str:
    """The cluster shop with so many container instances, in the zones by turns; returns its name.

    `config` is further lines of /etc/ecs/ecs.config.
    """
    lab.client("ecs").create_cluster(clusterName=CLUSTER)
    for number in range(instances):
        launch(lab, f"ECS_CLUSTER={CLUSTER}\n{config}", number, instance_type)
    if instances:
        lab.wait(BOOT_S)
    return CLUSTER


def launch(
    lab: Lab, config: str, number: int = 0, instance_type: str = "t3.small", **changes: Any
) -> str:
    """Launch one instance from the ECS-optimized AMI with these lines of ecs.config; its id."""
    subnets = lab.network.private_subnets
    asked: dict[str, Any] = {
        "ImageId": lab.ecs_ami, "InstanceType": instance_type, "MinCount": 1, "MaxCount": 1,
        "SubnetId": subnets[number % len(subnets)],
        "IamInstanceProfile": {"Name": "ecsInstanceRole"},
        "UserData": f"#!/bin/bash\ncat >> /etc/ecs/ecs.config <<EOF\n{config}\nEOF\n",
    }  # fmt: skip
    if not config:
        del asked["UserData"]
    answer = lab.client("ec2").run_instances(**given(asked | changes))
    return str(answer["Instances"][0]["InstanceId"])


def container(name: str = "web", **changes: Any) -> dict[str, Any]:
    """A container definition: nginx with 128 MiB; `changes` add or replace fields, None drops."""
    return given({"name": name, "image": IMAGE, "memory": 128} | changes)


def definition(lab: Lab, *containers: dict[str, Any], family: str = "web", **changes: Any) -> str:
    """Register a task definition for EC2 in bridge mode; returns `family:revision`."""
    asked = {"family": family, "containerDefinitions": list(containers) or [container()]}
    return _register(lab, asked | changes)


def fargate_definition(
    lab: Lab, *containers: dict[str, Any], family: str = "web", **changes: Any
) -> str:
    """Register a task definition for Fargate of 0.25 vCPU and 512 MiB; gives `family:revision`."""
    asked = {
        "family": family,
        "containerDefinitions": list(containers) or [container()],
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
    }
    return _register(lab, asked | changes)


def _register(lab: Lab, asked: dict[str, Any]) -> str:
    answer = lab.client("ecs").register_task_definition(**given(asked))["taskDefinition"]
    return f"{answer['family']}:{answer['revision']}"


def network(lab: Lab, *, public: bool = False, assign_public_ip: bool = False) -> dict[str, Any]:
    """A network configuration: private subnets (or public ones) and the security group tasks."""
    subnets = lab.network.public_subnets if public else lab.network.private_subnets
    return {
        "awsvpcConfiguration": {
            "subnets": list(subnets),
            "securityGroups": [lab.network.security_groups["tasks"]],
            "assignPublicIp": "ENABLED" if assign_public_ip else "DISABLED",
        }
    }


def service(lab: Lab, task_definition: str = "web", count: int | None = 2, **changes: Any) -> str:
    """Create a service in shop and let things settle; returns its name (web unless changed).

    Tasks run on EC2; for Fargate give `launchType="FARGATE"`, and the private subnets are used.
    """
    asked: dict[str, Any] = {
        "cluster": CLUSTER,
        "serviceName": "web",
        "taskDefinition": task_definition,
        "desiredCount": count,
        "launchType": "EC2",
    } | changes
    on_fargate = asked["launchType"] == "FARGATE" or "capacityProviderStrategy" in changes
    if on_fargate:
        asked.setdefault("networkConfiguration", network(lab))
    if asked.get("capacityProviderStrategy"):
        del asked["launchType"]
    lab.client("ecs").create_service(**given(asked))
    lab.settle()
    return str(asked["serviceName"])


def run_task(lab: Lab, task_definition: str = "web", **changes: Any) -> dict[str, Any]:
    """RunTask in shop on EC2, settled: {"failures": [...], "tasks": [...]} with the tasks anew."""
    asked = {"cluster": CLUSTER, "taskDefinition": task_definition, "launchType": "EC2"} | changes
    if asked["launchType"] == "FARGATE":
        asked.setdefault("networkConfiguration", network(lab))
    ecs = lab.client("ecs")
    answer = ecs.run_task(**given(asked))
    lab.settle()
    arns = [task["taskArn"] for task in answer["tasks"]]
    tasks = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"] if arns else []
    return {"failures": answer["failures"], "tasks": tasks}


def tasks(lab: Lab, status: str = "RUNNING", **where: Any) -> list[dict[str, Any]]:
    """Tasks of shop as DescribeTasks shows them: RUNNING (or STOPPED) ones, of a
    `serviceName` or `family` if given.
    """
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster=CLUSTER, desiredStatus=status, **where)["taskArns"]
    found = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"] if arns else []
    return [task for task in found if task["lastStatus"] == status]


def describe_service(lab: Lab, name: str = "web") -> dict[str, Any]:
    """A service of shop as DescribeServices shows it."""
    found = lab.client("ecs").describe_services(cluster=CLUSTER, services=[name])["services"]
    return dict(found[0])


def instances(lab: Lab) -> list[dict[str, Any]]:
    """The container instances of shop as DescribeContainerInstances shows them."""
    ecs = lab.client("ecs")
    arns = ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
    if not arns:
        return []
    found = ecs.describe_container_instances(cluster=CLUSTER, containerInstances=arns)
    return list(found["containerInstances"])


def refusal(call: Callable[..., Any], *args: Any, **params: Any) -> str:
    """What AWS says when it refuses a call, such as "ClientException: ..."; "" when it accepts.

    `call` is a method of a boto3 client or a function of this module:
    `refusal(scene.fargate_definition, lab, cpu="512")`.
    """
    try:
        call(*args, **params)
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return ""


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value: None drops one."""
    return {name: value for name, value in fields.items() if value is not None}
