"""Checks of choose-from-kubernetes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import (
    fargate_task,
    open_for_commands,
    running_tasks,
    service,
    service_runs,
    variable,
)
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

CLUSTER = "moved"
ROLLOUT_S = 900
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"


@check("The service web keeps as many copies as the manifest says", points=2)
def copies(lab: Lab) -> Verdict:
    """They run on Fargate, also after some time."""
    lab.wait(ROLLOUT_S)
    return service_runs(lab, CLUSTER, "web", variant.size.replicas, "FARGATE")


@check("Each copy has the CPU and memory of the limits", points=2, needs="copies")
def sizes(lab: Lab) -> Verdict:
    """As DescribeTasks shows them."""
    lab.wait(ROLLOUT_S)
    tasks = running_tasks(lab, CLUSTER, "web")
    found = {(task["cpu"], task["memory"]) for task in tasks}
    wanted = (variant.size.cpu, str(variant.size.memory))
    if found == {wanted}:
        return passed
    return missed(
        expected=f"{wanted[0]} CPU units and {wanted[1]} MiB",
        found=", ".join(f"{cpu} and {memory}" for cpu, memory in sorted(found)),
        why="1000m of Kubernetes are one CPU, and that is 1,024 CPU units.",
        see=PAGE,
    )


@check("The program finds its value", needs="copies")
def value(lab: Lab) -> Verdict:
    """The check starts one more task of what the service runs, and looks inside."""
    arn = (service(lab, CLUSTER, "web") or {})["taskDefinition"]
    found = variable(lab, fargate_task(lab, CLUSTER, arn), "MODE")
    if found == variant.size.mode:
        return passed
    return missed(
        expected=f"MODE={variant.size.mode}", found=f"MODE={found}",
        why="env of a manifest is environment of a container definition.", see=PAGE,
    )  # fmt: skip


@check("A copy that loses its file is replaced", points=3, needs="copies")
def lost_copy_is_replaced(lab: Lab) -> Verdict:
    """The check removes the file in one of the tasks by ECS Exec."""
    open_for_commands(lab, CLUSTER, "web")
    lab.wait(ROLLOUT_S)
    lost = running_tasks(lab, CLUSTER, "web")[0]["taskArn"]
    lab.exec(lost, "rm /tmp/alive", container="web")
    lab.wait(ROLLOUT_S)
    now = {task["taskArn"] for task in running_tasks(lab, CLUSTER, "web")}
    if lost not in now and len(now) == variant.size.replicas:
        return passed
    return missed(
        expected=f"{variant.size.replicas} copies, the lost one not among them",
        found=f"{len(now)}, and the lost one is {'there' if lost in now else 'gone'}",
        why="A livenessProbe is a health check; ECS looks only at those of the task definition.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
    )
