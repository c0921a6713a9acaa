"""Checks of clinic-log-group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("The service web keeps its two tasks running", points=3)
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("Each task writes to the log group", points=2, needs="runs")
def written(lab: Lab) -> Verdict:
    """Two tasks, two streams or more."""
    lab.wait(clinic.FIVE_MINUTES_S)
    found = lab.client("logs").describe_log_streams(logGroupName=variant.group)["logStreams"]
    if len(found) >= 2:
        return passed
    return missed(expected=f"2 streams in {variant.group}", found=f"{len(found)} streams")
