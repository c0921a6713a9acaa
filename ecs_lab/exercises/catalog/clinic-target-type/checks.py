"""Checks of clinic-target-type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("A request through the load balancer is answered with 200", points=3)
def answers(lab: Lab) -> Verdict:
    """From the internet, on the load balancer's own name."""
    return clinic.answers(lab)


@check("The service web keeps its two tasks running", points=2, needs="answers")
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)
