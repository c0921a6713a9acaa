"""Checks of volumes-shared-notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, shared_files
from ecs_lab.exercises.checks import Verdict, check
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("A note that one task takes is shown by all", points=2)
def shared(lab: Lab) -> Verdict:
    """The check leaves a note, and asks through the load balancer."""
    lab.wait(clinic.ROLLOUT_S)
    return shared_files.shared(lab)


@check("The service web keeps its two tasks running", needs="shared")
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("Notes outlive the tasks", points=2, needs="shared")
def kept(lab: Lab) -> Verdict:
    """The check replaces all tasks."""
    lab.wait(clinic.ROLLOUT_S)
    return shared_files.kept(lab, variant.cluster)


@check("Files are encrypted on their way", needs="shared")
def on_the_way(lab: Lab) -> Verdict:
    """The check lets the file system refuse connections without TLS."""
    return shared_files.encrypted(lab, variant.cluster)


@check("Other security groups do not reach the file system", needs="shared")
def closed(lab: Lab) -> Verdict:
    """The check starts a task in the VPC's default security group."""
    return shared_files.others_stay_out(lab, variant.cluster)
