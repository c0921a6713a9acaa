"""Health checks of containers: `healthCheck` of a container definition, run again and again.

The first check comes an interval after the start. A failure counts once the start period is over;
after `retries` of them in a row the container is UNHEALTHY, and one success makes it HEALTHY.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""

from __future__ import annotations

from collections.abc import Callable

from ecs_lab.engine.agent_away import away
from ecs_lab.engine.model import Container, Task
from ecs_lab.engine.state import State

DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3, "startPeriod": 0}

Changed = Callable[[State, Task, Container], None]


def begin(state: State, task: Task, container: Container, changed: Changed) -> None:
    """Check a container that has just started, if its definition asks for that; `changed` hears of
    each new health.
    """
    state.clock.cancel(container.next_check)
    container.next_check = None
    container.health_status, container.failed_checks = "UNKNOWN", 0
    if "healthCheck" in container.definition:
        _next(state, task, container, changed)


def end(state: State, container: Container) -> None:
    """Check no longer: the container has ended."""
    state.clock.cancel(container.next_check)
    container.next_check = None


def _setting(container: Container, name: str) -> float:
    return float(container.definition["healthCheck"].get(name) or DEFAULTS[name])


def _next(state: State, task: Task, container: Container, changed: Changed) -> None:
    """Check again after the interval; a container that stays as it is holds nobody up."""
    settled = (container.health_status == "HEALTHY" and not container.failed_checks) or (
        container.health_status == "UNHEALTHY"
    )
    container.next_check = state.clock.schedule(
        _setting(container, "interval"),
        _check,
        state,
        task,
        container,
        changed,
        background=settled,
    )


def _check(state: State, task: Task, container: Container, changed: Changed) -> None:
    before = container.health_status
    if away(task):  # Docker checks on, but nobody tells ECS
        _next(state, task, container, changed)
        return
    if state.surroundings.passes_health_check(task, container):
        container.failed_checks = 0
        container.health_status = "HEALTHY"
    elif before == "HEALTHY" or not _starting(state, container):
        container.failed_checks += 1
        if container.failed_checks >= _setting(container, "retries"):
            container.health_status = "UNHEALTHY"
    _next(state, task, container, changed)
    if container.health_status != before:
        changed(state, task, container)


def _starting(state: State, container: Container) -> bool:
    """Whether the start period lasts, in which failures of a container that has not been HEALTHY
    yet do not count.
    """
    began_s = container.started_at_s or 0.0
    return state.clock.now < began_s + _setting(container, "startPeriod")
