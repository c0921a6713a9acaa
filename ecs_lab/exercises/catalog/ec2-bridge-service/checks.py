"""Checks of ec2-bridge-service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import (
    Shape,
    instances,
    last_event,
    running_tasks,
    service,
    service_runs,
)
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300


def bindings(task: Shape) -> list[Shape]:
    """The host ports that a task's containers have."""
    return [each for one in task["containers"] for each in one.get("networkBindings", [])]


@check("The service web has three tasks running on EC2", points=2)
def three_running(lab: Lab) -> Verdict:
    """Three tasks of the service are RUNNING once things have settled."""
    lab.wait(FIVE_MINUTES_S)
    return service_runs(lab, variant.cluster, "web", 3, "EC2")


@check("Its tasks serve port 80 in bridge mode", needs="three_running")
def bridge_ports(lab: Lab) -> Verdict:
    """Each task's container port 80 is bound to some port of its instance."""
    lab.wait(FIVE_MINUTES_S)
    ecs = lab.client("ecs")
    tasks = running_tasks(lab, variant.cluster, "web")
    definition = ecs.describe_task_definition(taskDefinition=tasks[0]["taskDefinitionArn"])
    mode = definition["taskDefinition"].get("networkMode", "bridge")
    bound = [any(each["containerPort"] == 80 for each in bindings(task)) for task in tasks]
    if mode == "bridge" and all(bound):
        return passed
    return missed(
        expected="network mode bridge, port 80 of each task bound to a host port",
        found=f"network mode {mode}, port 80 bound in {sum(bound)} of {len(tasks)} tasks",
        why="Nothing reaches a container in bridge mode on a port that is not mapped.",
    )


@check("An instance is lost: three tasks run again within five minutes", points=3,
       needs="three_running")  # fmt: skip
def survives_loss(lab: Lab) -> Verdict:
    """The check terminates the instance with the most tasks, and waits."""
    lab.wait(FIVE_MINUTES_S)
    crowded = max(instances(lab, variant.cluster), key=lambda each: int(each["runningTasksCount"]))
    lab.client("ec2").terminate_instances(InstanceIds=[crowded["ec2InstanceId"]])
    lab.wait(FIVE_MINUTES_S)
    tasks = running_tasks(lab, variant.cluster, "web")
    if len(tasks) == 3:
        return passed
    web = service(lab, variant.cluster, "web") or {}
    ports = sorted({each["hostPort"] for task in tasks for each in bindings(task)})
    return missed(
        expected="3 tasks running 5 minutes after an instance was lost",
        found=f"{len(tasks)} running, on host ports {ports}; the service says: {last_event(web)}",
        why="Every task needs CPU, memory and a free host port on an instance that is left.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
    )
