"""Checks of volumes-half-mounted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, shared_files
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("Two tasks stay up, one in each zone", points=3)
def both_zones(lab: Lab) -> Verdict:
    """Ten minutes and more."""
    lab.wait(clinic.ROLLOUT_S)
    verdict = clinic.runs(lab, variant.cluster)
    if verdict is not passed:
        return verdict
    tasks = running_tasks(lab, variant.cluster, "web")
    found = sorted(task["availabilityZone"] for task in tasks)
    if found == list(lab.network.zones[:2]):
        return passed
    return missed(
        expected=f"a task in each of {', '.join(lab.network.zones[:2])}",
        found=found,
        why="A service in one zone is lost with it.",
    )


@check("Notes can be left, and every task shows them", points=2, needs="both_zones")
def shared(lab: Lab) -> Verdict:
    """The check leaves a note, and asks through the load balancer."""
    lab.wait(clinic.ROLLOUT_S)
    return shared_files.shared(lab)


@check("Notes outlive the tasks", needs="shared")
def kept(lab: Lab) -> Verdict:
    """The check replaces all tasks."""
    lab.wait(clinic.ROLLOUT_S)
    return shared_files.kept(lab, variant.cluster)


@check("Who shows no role stays out of the file system", points=2, needs="shared")
def named_only(lab: Lab) -> Verdict:
    """The check starts a task without IAM authorization beside the others."""
    return shared_files.nameless_stay_out(lab, variant.cluster)
