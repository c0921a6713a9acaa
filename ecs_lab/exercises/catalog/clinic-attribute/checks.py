"""Checks of clinic-attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import service
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


@check("The constraint is still there", needs="runs")
def constrained(lab: Lab) -> Verdict:
    """The service still asks for the attribute."""
    found = (service(lab, variant.cluster, "web") or {}).get("placementConstraints", [])
    if any("attribute:stack" in each.get("expression", "") for each in found):
        return passed
    return missed(expected="memberOf(attribute:stack == ...)", found=found)
