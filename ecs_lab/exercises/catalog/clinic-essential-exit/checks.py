"""Checks of clinic-essential-exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("The service web keeps its two tasks running", points=3)
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("All its tasks can be started anew", points=2, needs="runs")
def redeploys(lab: Lab) -> Verdict:
    """The check forces a new deployment and waits for its tasks."""
    return clinic.redeploys(lab, variant.cluster)


@check("The preparing container has run in each task", needs="runs")
def prepared(lab: Lab) -> Verdict:
    """It ended with 0 in both tasks."""
    lab.wait(clinic.FIVE_MINUTES_S)
    codes = [
        container.get("exitCode")
        for task in running_tasks(lab, variant.cluster, "web")
        for container in task["containers"]
        if container["name"] == variant.name
    ]
    if codes == [0, 0]:
        return passed
    return missed(expected="exit codes [0, 0]", found=f"exit codes {codes}")
