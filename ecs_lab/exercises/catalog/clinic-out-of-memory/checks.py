"""Checks of clinic-out-of-memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check
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
