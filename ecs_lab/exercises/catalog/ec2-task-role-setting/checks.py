"""Checks of ec2-task-role-setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, instances, last_event, running_tasks, service
from ecs_lab.exercises.variants import variant
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

ATTRIBUTE = "com.amazonaws.ecs.capability.task-iam-role"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"


def says(lab: Lab, task: Shape) -> str:
    """What the application of a task answers inside its own container."""
    try:
        return str(lab.http.from_task(task["taskArn"]).get("http://localhost/").text)
    except UnreachableError as error:
        return str(error)


@check("The tasks of web read the parameter as webTask", points=3)
def own_role(lab: Lab) -> Verdict:
    """The check asks each task's application who it is and what it has read."""
    lab.wait(clinic.ROLLOUT_S)
    found = [says(lab, task) for task in running_tasks(lab, variant.cluster, "web")]
    if found and all("/webTask/" in each and each.endswith("ivory") for each in found):
        return passed
    return missed(
        expected="assumed-role/webTask/... has read ivory, from each task",
        found="; ".join(found) or "no task runs",
        why=last_event(service(lab, variant.cluster, "web") or {}),
        see=GUIDE,
    )


@check("The service web keeps its two tasks running", points=2, needs="own_role")
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("The instances' role can read the parameter no longer", needs="own_role")
def instance_reads_none(lab: Lab) -> Verdict:
    """The check tries, as ecsInstanceRole."""
    with lab.acting_as("ecsInstanceRole"):
        ssm = lab.client("ssm")
    try:
        ssm.get_parameter(Name=variant.parameter)
    except ClientError:
        return passed
    return missed(
        expected="AccessDenied for ecsInstanceRole",
        found="the parameter's value",
        why="On EC2 every container can reach its instance's credentials, unless that is closed.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
    )


@check("Every instance of the cluster takes tasks with a role")
def ready(lab: Lab) -> Verdict:
    """The attribute by which ECS knows it stands on each ACTIVE instance."""
    hosts = instances(lab, variant.cluster)
    without = [
        each["ec2InstanceId"]
        for each in hosts
        if ATTRIBUTE not in [attribute["name"] for attribute in each["attributes"]]
    ]
    if hosts and not without:
        return passed
    return missed(
        expected=f"the attribute {ATTRIBUTE} on every ACTIVE instance",
        found=f"not on {', '.join(without)}" if hosts else "no ACTIVE instance",
        why="What an agent announces follows from the settings with which it started.",
        see=GUIDE,
    )
