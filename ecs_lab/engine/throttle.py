"""The service throttle: tasks that never start are tried again ever more slowly.

Only a task that goes from PENDING to STOPPED counts; one that fails after RUNNING, or fails load
balancer checks, is replaced without delay. The delay grows to 27 minutes; AWS documents that bound
and not the steps, so the steps here are ours. A service update ends it.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
"""

from __future__ import annotations

from ecs_lab.engine.model import Service, Task
from ecs_lab.engine.service_events import say
from ecs_lab.engine.state import State

FIRST_DELAY_S = 10.0
LONGEST_DELAY_S = 27 * 60.0
SAID_FROM_WAVE = 3
"""From which failed attempt on the event list says so (typical)."""


def task_never_started(service: Service, task: Task) -> None:
    """Note that a task ended before it was RUNNING."""
    if task.stop_code == "TaskFailedToStart":
        service.start_failures += 1


def delay_next_start(state: State, service: Service) -> None:
    """After an attempt whose tasks failed to start, wait longer than before the one before it."""
    if not service.start_failures:
        return
    service.start_failures = 0
    service.waves_failed += 1
    delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (service.waves_failed - 1))
    service.not_before_s = state.clock.now + delay_s
    if service.waves_failed == SAID_FROM_WAVE:
        text = f"(service {service.name}) is unable to consistently start tasks successfully."
        say(state, service, text, "SERVICE_TASK_START_IMPAIRED")


def waiting(state: State, service: Service) -> bool:
    """Whether the service is not to start tasks yet."""
    return state.clock.now < service.not_before_s


def end(service: Service) -> None:
    """Start without delay again: a task has started, or the service was updated."""
    service.start_failures = service.waves_failed = 0
    service.not_before_s = 0.0
