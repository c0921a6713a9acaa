"""Fargate Spot: capacity that AWS takes back with two minutes' warning.

The warning is a task state change event and SIGTERM in the containers; a service's replacement
waits until there is Spot capacity again, and never becomes an on-demand task.
Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

from __future__ import annotations

from ecs_lab.engine import lifecycle, scheduler
from ecs_lab.engine.model import Task
from ecs_lab.engine.state import State

REASON = "Your Spot Task was interrupted."


def interrupt(state: State, count: int, back_after_s: float) -> list[str]:
    """Take the capacity of the `count` oldest running FARGATE_SPOT tasks, and of all that would
    start in the next `back_after_s` seconds; gives their ARNs.
    """
    tasks = sorted(_running(state), key=_age)[:count]
    state.spot_available = False
    state.clock.cancel(state.spot_returns)
    state.spot_returns = state.clock.schedule(back_after_s, _return, state)
    for task in tasks:
        lifecycle.stop(state, task, "SpotInterruption", REASON)
    return [each.arn for each in tasks]


def _running(state: State) -> list[Task]:
    return [
        task
        for cluster in state.clusters.values()
        for task in cluster.tasks.values()
        if task.capacity_provider == "FARGATE_SPOT"
        and task.last_status == "RUNNING"
        and not task.stopping
    ]


def _age(task: Task) -> float:
    return task.created_at_s


def _return(state: State) -> None:
    """There is Spot capacity again: services look for places anew."""
    state.spot_available, state.spot_returns = True, None
    for cluster in state.clusters.values():
        for service in cluster.services.values():
            if service.launch_type == "FARGATE" and not service.steady:
                scheduler.look_soon(state, service)
