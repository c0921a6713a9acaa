"""Checks of cost-lower-bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab import cost
from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


PAGE = "https://aws.amazon.com/fargate/pricing/"


@check("They ask for no more than the smallest size that fits", points=3)
def small(lab: Lab) -> Verdict:
    """The month's bill of these tasks, all at Fargate's price, against that of the right size."""
    right = cost.Load(4, int(variant.need.right_cpu), int(variant.need.right_memory))
    tasks = running_tasks(lab, variant.cluster, "web")
    usd = sum(
        cost.fargate(cost.Load(1, int(task["cpu"]), int(task["memory"]))).usd for task in tasks
    )
    if len(tasks) == 4 and usd <= cost.fargate(right).usd + 1:
        return passed
    return missed(
        expected=f"${cost.fargate(right).usd} a month at Fargate's price",
        found=f"${usd} for {len(tasks)} tasks",
        why="Fargate bills what a task asks for, used or not.",
        see=PAGE,
    )


@check("They run on spare capacity", points=3)
def spare(lab: Lab) -> Verdict:
    """Where each of them runs."""
    tasks = running_tasks(lab, variant.cluster, "web")
    on = {task.get("capacityProviderName", task.get("launchType")) for task in tasks}
    if on == {"FARGATE_SPOT"}:
        return passed
    return missed(
        expected="all four on the capacity provider with the discount",
        found=sorted(map(str, on)),
        why="Work that may be interrupted need not pay for capacity that stays.",
        see=PAGE,
    )


@check("Four tasks stay up, with room for what they use", points=2, needs="small")
def runs(lab: Lab) -> Verdict:
    """Four tasks, none of them smaller than its work."""
    found = clinic.runs(lab, variant.cluster, 4)
    small = [
        task
        for task in running_tasks(lab, variant.cluster, "web")
        if int(task["cpu"]) < variant.need.cpu or int(task["memory"]) < variant.need.memory
    ]
    if found is not passed or not small:
        return found
    return missed(
        expected=f"at least {variant.need.cpu} CPU units and {variant.need.memory} MiB a task",
        found=f"{small[0]['cpu']} CPU units and {small[0]['memory']} MiB",
    )
