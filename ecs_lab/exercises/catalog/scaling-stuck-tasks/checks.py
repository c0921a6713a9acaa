"""Checks of scaling-stuck-tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import instances, last_event, running_tasks, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html"


def all_run(lab: Lab, count: int) -> Verdict:
    """Whether so many tasks run after twenty minutes."""
    lab.wait(1200)
    found = len(running_tasks(lab, variant.cluster, "web"))
    if found == count:
        return passed
    return missed(
        expected=f"{count} tasks", found=f"{found} tasks",
        why=last_event(service(lab, variant.cluster, "web") or {}), see=PAGE,
    )  # fmt: skip


@check("All tasks run", points=2)
def runs(lab: Lab) -> Verdict:
    """As many as are wanted."""
    return all_run(lab, variant.size.tasks)


@check("The group follows when there are more tasks", points=3, needs="runs")
def grows(lab: Lab) -> Verdict:
    """The check asks for more."""
    lab.client("ecs").update_service(
        cluster=variant.cluster, service="web", desiredCount=variant.size.more
    )
    return all_run(lab, variant.size.more)


@check("One instance in four is spare", points=3, needs="runs")
def spare(lab: Lab) -> Verdict:
    """Half an hour later, for the number of tasks that there is."""
    lab.wait(1800)
    found = len(instances(lab, variant.cluster))
    if found == variant.size.instances:
        return passed
    return missed(
        expected=f"{variant.size.instances} instances, of which tasks need three",
        found=f"{found} instances",
        why="targetCapacity is the share of the instances that tasks are to need, in percent.",
        see=PAGE,
    )
