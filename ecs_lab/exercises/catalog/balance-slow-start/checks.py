"""Checks of balance-slow-start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

LONG_S = 1800
"""Longer than two such slow tasks take to start, and two old ones to drain."""


@check("The service web keeps its two tasks running", points=3)
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    lab.wait(LONG_S)
    return clinic.runs(lab, variant.cluster)


@check("A request through the load balancer is answered with 200", points=2, needs="runs")
def answers(lab: Lab) -> Verdict:
    """From the internet, on the load balancer's own name."""
    lab.wait(LONG_S)
    return clinic.answers(lab)


@check("A new deployment gets through", points=2, needs="runs")
def redeploys(lab: Lab) -> Verdict:
    """The check forces one, and waits for its tasks."""
    return clinic.redeploys(lab, variant.cluster, within_s=LONG_S)
