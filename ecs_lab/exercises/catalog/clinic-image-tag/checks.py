"""Checks of clinic-image-tag."""

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


@check("They run the image that is in ECR", needs="runs")
def image(lab: Lab) -> Verdict:
    """Its repository is the account's own."""
    images = {
        c["image"]
        for task in running_tasks(lab, variant.cluster, "web")
        for c in task["containers"]
    }
    if all(f"/{variant.cluster}/web" in each for each in images):
        return passed
    return missed(expected=f"{variant.cluster}/web of the account's ECR", found=sorted(images))
