"""Checks of watch-slow-starter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import open_for_commands, running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html"
WITHIN_S = 600
STARTS_S = 600


def healthy(lab: Lab) -> set[str]:
    """The tasks of the service that run and are HEALTHY."""
    tasks = running_tasks(lab, variant.cluster, "web")
    return {each["taskArn"] for each in tasks if each["healthStatus"] == "HEALTHY"}


@check("Two tasks of a new deployment become healthy, and stay", points=3)
def both_get_well(lab: Lab) -> Verdict:
    """The check deploys anew and looks twice, ten minutes apart."""
    lab.client("ecs").update_service(
        cluster=variant.cluster, service="web", forceNewDeployment=True
    )
    lab.wait(clinic.ROLLOUT_S)
    before = healthy(lab)
    lab.wait(STARTS_S)
    if len(before & healthy(lab)) == 2:
        return passed
    return missed(
        expected="two HEALTHY tasks that stay for ten minutes",
        found=f"{len(before)} HEALTHY at first, {len(before & healthy(lab))} of them in the end",
        why="A container that starts slowly must not be judged before it can be ready.",
        see=PAGE,
    )


@check("A task that loses its way is replaced within ten minutes", points=3, needs="both_get_well")
def lost_task_is_replaced(lab: Lab) -> Verdict:
    """The check removes the file in one task by ECS Exec."""
    open_for_commands(lab, variant.cluster, "web")
    lab.wait(clinic.ROLLOUT_S)
    lost, *_ = sorted(healthy(lab))
    lab.exec(lost, "rm /tmp/ready", container="web")
    lab.wait(WITHIN_S)
    there = {each["taskArn"] for each in running_tasks(lab, variant.cluster, "web")}
    lab.wait(STARTS_S)
    if lost not in there and len(healthy(lab)) == 2:
        return passed
    return missed(
        expected="another task within ten minutes, and two HEALTHY ones ten minutes later",
        found=f"the task is {'still there' if lost in there else 'gone'}, {len(healthy(lab))} are "
        "HEALTHY",
        why="After the start period, retries times the interval pass before a task is UNHEALTHY.",
        see=PAGE,
    )
