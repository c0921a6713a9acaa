"""Checks of scaling-follow-load: each gives the service work, and counts its tasks later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html"
HALF_AN_HOUR_S = 1800
ENOUGH = 4


def tasks_under(lab: Lab, vcpus: float) -> int:
    """How many tasks run after half an hour of this work."""
    lab.set_load(variant.cluster, "web", vcpus=vcpus)
    lab.wait(HALF_AN_HOUR_S)
    return len(running_tasks(lab, variant.cluster, "web"))


@check("Under load there are as many tasks as the target asks for", points=3)
def grows(lab: Lab) -> Verdict:
    """Work that four tasks can do at the target."""
    found = tasks_under(lab, ENOUGH * variant.target / 100 * 0.97)
    if found == ENOUGH:
        return passed
    return missed(
        expected=f"{ENOUGH} tasks for work that {ENOUGH} tasks do at {variant.target} percent",
        found=f"{found} tasks after half an hour",
        why="A policy acts on a scalable target, and keeps a metric at a value.",
        see=PAGE,
    )


@check("It ends at the most that may run", points=2, needs="grows")
def bounded(lab: Lab) -> Verdict:
    """Far more work than all tasks can do."""
    found = tasks_under(lab, 50)
    if found == variant.most:
        return passed
    return missed(
        expected=f"{variant.most} tasks", found=f"{found} tasks",
        why="The scalable target has the bounds.", see=PAGE,
    )  # fmt: skip


@check("Without load it goes back to two", points=3, needs="grows")
def shrinks(lab: Lab) -> Verdict:
    """Work, and then none for an hour."""
    tasks_under(lab, 3)
    tasks_under(lab, 0.01)
    found = tasks_under(lab, 0.01)
    if found == 2:
        return passed
    return missed(
        expected="2 tasks an hour after the load has gone", found=f"{found} tasks",
        why="Scaling in takes a while, but it is to happen.", see=PAGE,
    )  # fmt: skip
