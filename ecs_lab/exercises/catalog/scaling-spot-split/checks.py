"""Checks of scaling-spot-split."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html"


def divided(lab: Lab, count: int) -> Verdict:
    """Whether so many tasks run, divided as the task asks."""
    lab.wait(600)
    tasks = running_tasks(lab, variant.cluster, "web")
    found = Counter(task.get("capacityProviderName", task.get("launchType")) for task in tasks)
    beyond = count - variant.split.base
    spot = beyond * 3 // 4
    if found == {"FARGATE": count - spot, "FARGATE_SPOT": spot}:
        return passed
    return missed(
        expected=f"{count - spot} tasks on FARGATE and {spot} on FARGATE_SPOT",
        found=dict(found),
        why="The base comes first; the weights divide what is beyond it.",
        see=PAGE,
    )


@check("Twelve tasks are divided as asked", points=3)
def split(lab: Lab) -> Verdict:
    """As the service is now."""
    return divided(lab, 12)


@check("Twenty tasks are divided as asked", points=3, needs="split")
def grows(lab: Lab) -> Verdict:
    """The check sets another count."""
    lab.client("ecs").update_service(cluster=variant.cluster, service="web", desiredCount=20)
    return divided(lab, 20)
