"""Whether a service's task is well: what its load balancers and its containers' health checks say.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

from __future__ import annotations

from ecs_lab.engine import load_balancing
from ecs_lab.engine.model import Task
from ecs_lab.engine.service_events import say
from ecs_lab.engine.state import State

FAILED_CONTAINER_CHECKS = "Task failed container health checks"


def unhealthy(state: State, task: Task) -> str | None:
    """Why the scheduler has to replace this task, as its stoppedReason; None for one that is well
    or still in its grace period.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    """
    if task.last_status != "RUNNING" or load_balancing.grace_left_s(state, task) > 0:
        return None
    if task.health_status == "UNHEALTHY":
        return FAILED_CONTAINER_CHECKS
    failed = load_balancing.failed_target(state, task)
    return load_balancing.stopped_reason(failed[0]) if failed is not None else None


def say_why(state: State, task: Task) -> None:
    """Write in the service's events what the task has failed, in words seen in the field."""
    failed = load_balancing.failed_target(state, task)
    if task.service is None:
        return
    if task.health_status == "UNHEALTHY":
        where = f"(service {task.service.name}) (task {task.id})"
        say(state, task.service, f"{where} failed container health checks.")
    elif failed is not None:
        load_balancing.say_unhealthy(state, task, *failed)
