"""Looking at a learner's world: what several exercises' checks ask for.

All take a lab and answer with AWS's own shapes. What is not there gives an empty answer where AWS
gives one, and AWS's error where it raises one, which the check engine turns into feedback.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.exercises.checks import Verdict, missed, passed

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

Shape = dict[str, Any]
"""A resource as boto3 gives it."""

START_S = 180
"""Longer than a task on Fargate takes to start, or to give up."""

KEPT = (
    "family", "requiresCompatibilities", "networkMode", "cpu", "memory", "executionRoleArn",
    "containerDefinitions", "volumes", "runtimePlatform",
)  # fmt: skip
"""What a task definition is registered anew with, of what DescribeTaskDefinition shows."""


def service(lab: Lab, cluster: str, name: str) -> Shape | None:
    """The ACTIVE service of a name, or None."""
    found = lab.client("ecs").describe_services(cluster=cluster, services=[name])["services"]
    return next((each for each in found if each["status"] == "ACTIVE"), None)


def running_tasks(lab: Lab, cluster: str, service_name: str) -> list[Shape]:
    """The RUNNING tasks of a service."""
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster=cluster, serviceName=service_name)["taskArns"]
    if not arns:
        return []
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    return [task for task in tasks if task["lastStatus"] == "RUNNING"]


def instances(lab: Lab, cluster: str) -> list[Shape]:
    """The container instances of a cluster that can take tasks: ACTIVE, with a connected agent."""
    ecs = lab.client("ecs")
    arns = ecs.list_container_instances(cluster=cluster, status="ACTIVE")["containerInstanceArns"]
    if not arns:
        return []
    found = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)
    return [each for each in found["containerInstances"] if each["agentConnected"]]


def zone(lab: Lab, instance: Shape) -> str:
    """The Availability Zone of a container instance."""
    machines = {each["InstanceId"]: each for each in lab.snapshot()["ec2Instances"]}
    found: str = machines[instance["ec2InstanceId"]]["AvailabilityZone"]
    return found


def service_runs(lab: Lab, cluster: str, name: str, count: int, launch_type: str) -> Verdict:
    """Whether a service has `count` tasks RUNNING on a launch type, and wants just as many."""
    found = service(lab, cluster, name)
    where = {"EC2": "EC2", "FARGATE": "Fargate"}[launch_type]
    if found is None:
        return missed(
            expected=f"an ACTIVE service {name} in {cluster}",
            found="no such service",
            why="RunTask starts tasks once; only a service keeps their number.",
        )
    tasks = [t for t in running_tasks(lab, cluster, name) if t["launchType"] == launch_type]
    if len(tasks) == found["desiredCount"] == count:
        return passed
    return missed(
        expected=f"desired {count}, {count} running on {where}",
        found=f"desired {found['desiredCount']}, {len(tasks)} running on {where}",
        why=last_event(found),
    )


def last_event(of: Shape) -> str:
    """The newest event of a service, or that there is none."""
    events = of.get("events") or [{"message": "no service event"}]
    message: str = events[0]["message"]
    return message


def fargate_task(lab: Lab, cluster: str, task_definition: str) -> Shape:
    """A new task on Fargate in private subnets, as it is once it has had time to start.

    It can be looked into (`variable`): the check gives it a task role of its own for ECS Exec.
    """
    ecs = lab.client("ecs")
    answer = ecs.run_task(
        cluster=cluster,
        taskDefinition=task_definition,
        launchType="FARGATE",
        enableExecuteCommand=True,
        overrides={"taskRoleArn": _exec_role(lab)},
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": list(lab.network.private_subnets)}
        },
    )
    lab.wait(START_S)
    arns = [task["taskArn"] for task in answer["tasks"]]
    found: Shape = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"][0]
    return found


def open_for_commands(lab: Lab, cluster: str, name: str) -> None:
    """Deploy what a service runs once more, so that a check can look into its tasks: with ECS Exec
    and a task role for it. Let some time pass afterwards.
    """
    ecs = lab.client("ecs")
    arn = (service(lab, cluster, name) or {})["taskDefinition"]
    old = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    kept = {key: old[key] for key in KEPT if key in old}
    new = ecs.register_task_definition(**kept, taskRoleArn=_exec_role(lab))["taskDefinition"]
    ecs.update_service(
        cluster=cluster,
        service=name,
        taskDefinition=new["taskDefinitionArn"],
        enableExecuteCommand=True,
    )


def variable(lab: Lab, task: Shape, name: str) -> str:
    """An environment variable inside the container of a `fargate_task`; "" if there is none."""
    return lab.exec(task["taskArn"], f"printenv {name}").strip()


def _exec_role(lab: Lab) -> str:
    """The ARN of a role for tasks that are to be looked into, made when first asked for."""
    iam, name = lab.client("iam"), "checked-exec"
    if name in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
        return str(iam.get_role(RoleName=name)["Role"]["Arn"])
    service = {"Service": "ecs-tasks.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
    channels = {"Effect": "Allow", "Action": "ssmmessages:*", "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=_document(channels))
    return str(made["Role"]["Arn"])


def _document(statement: Shape) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
