"""Checks of fargate-first-service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, last_event, running_tasks, service, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

START_S = 180
"""Longer than tasks take to start and a service to become steady."""


def subnet_of(task: Shape) -> str:
    """Id of the subnet in which a task's network interface is."""
    details = [each for one in task["attachments"] for each in one["details"]]
    return str(next(each["value"] for each in details if each["name"] == "subnetId"))


@check("The service web has two tasks running on Fargate", points=2)
def two_running(lab: Lab) -> Verdict:
    """Two tasks of the service are RUNNING once they have had time to start."""
    lab.wait(START_S)
    return service_runs(lab, variant.cluster, "web", 2, "FARGATE")


@check("Its tasks are in private subnets, without public addresses", needs="two_running")
def private(lab: Lab) -> Verdict:
    """No task's interface is in a public subnet, and none is to get a public address."""
    lab.wait(START_S)
    public = {each["SubnetId"] for each in lab.snapshot()["subnets"] if each["public"]}
    exposed = [
        s for task in running_tasks(lab, variant.cluster, "web") if (s := subnet_of(task)) in public
    ]
    web = service(lab, variant.cluster, "web") or {}
    assign = web["networkConfiguration"]["awsvpcConfiguration"].get("assignPublicIp", "DISABLED")
    if not exposed and assign == "DISABLED":
        return passed
    return missed(
        expected="private subnets, assignPublicIp DISABLED",
        found=f"{len(exposed)} tasks in public subnets, assignPublicIp {assign}",
        why="A subnet is public when its route table leads to an internet gateway.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
    )


@check("They are in two Availability Zones", needs="two_running")
def two_zones(lab: Lab) -> Verdict:
    """The two tasks are not in one zone."""
    lab.wait(START_S)
    zones = sorted(
        {task["availabilityZone"] for task in running_tasks(lab, variant.cluster, "web")}
    )
    if len(zones) == 2:
        return passed
    return missed(
        expected="tasks in 2 zones",
        found=f"tasks in {', '.join(zones)}",
        why="ECS spreads a service's tasks over the zones of the subnets that the service names.",
    )


@check("ECS starts them with one role, their code has the other", points=2, needs="two_running")
def roles(lab: Lab) -> Verdict:
    """Execution role and task role are the right way round."""
    definition = lab.client("ecs").describe_task_definition(
        taskDefinition=(service(lab, variant.cluster, "web") or {})["taskDefinition"]
    )["taskDefinition"]
    found = {
        name: definition.get(name, "none").split("/")[-1]
        for name in ("executionRoleArn", "taskRoleArn")
    }
    if found == {"executionRoleArn": "ecsTaskExecutionRole", "taskRoleArn": "shopTaskRole"}:
        return passed
    return missed(
        expected="execution role ecsTaskExecutionRole, task role shopTaskRole",
        found=f"execution role {found['executionRoleArn']}, task role {found['taskRoleArn']}",
        why="The execution role is for what ECS does to start a task; the task role is for what "
        "the application does.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    )


@check("A task is stopped: another takes its place", points=2, needs="two_running")
def replaced(lab: Lab) -> Verdict:
    """The check stops a task, waits, and counts again."""
    lab.wait(START_S)
    lost = running_tasks(lab, variant.cluster, "web")[0]["taskArn"]
    lab.client("ecs").stop_task(cluster=variant.cluster, task=lost, reason="stopped by the check")
    lab.wait(START_S)
    after = [task["taskArn"] for task in running_tasks(lab, variant.cluster, "web")]
    if len(after) == 2 and lost not in after:
        return passed
    return missed(
        expected="2 tasks running, one of them new",
        found=f"{len(after)} running",
        why=last_event(service(lab, variant.cluster, "web") or {}),
    )
