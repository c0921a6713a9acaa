"""Checks of clinic-stuck-deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import last_event, running_tasks, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("Two tasks of web:2 run, and no other", points=3)
def runs_new(lab: Lab) -> Verdict:
    """The deployment has gone through."""
    lab.wait(clinic.ROLLOUT_S)
    tasks = running_tasks(lab, variant.cluster, "web")
    found = sorted(task["taskDefinitionArn"].split("/")[-1] for task in tasks)
    if found == ["web:2", "web:2"]:
        return passed
    why = last_event(service(lab, variant.cluster, "web") or {})
    return missed(expected="2 tasks of web:2", found=", ".join(found) or "none", why=why)


@check("The next deployment goes through as well", points=2, needs="runs_new")
def redeploys(lab: Lab) -> Verdict:
    """The check forces one."""
    return clinic.redeploys(lab, variant.cluster)
