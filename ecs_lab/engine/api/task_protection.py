"""Task scale-in protection: a service's task that may not be stopped by scaling in or deploying.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
"""

from __future__ import annotations

from typing import Any

from ecs_lab.engine import scheduler
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.model import Cluster, Service, Task
from ecs_lab.engine.protection import protected
from ecs_lab.engine.rolling import upper_bound
from ecs_lab.engine.service_tasks import to_run
from ecs_lab.engine.state import State

MOST_UPDATED, MOST_READ = 10, 100
LEAST_MINUTES, MOST_MINUTES, DEFAULT_MINUTES = 1, 2880, 120


@operation("UpdateTaskProtection")
def update_task_protection(state: State, request: Request) -> Answer:
    """Protect up to 10 tasks of services for 1 to 2,880 minutes (120 unless said), or take their
    protection away.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html
    """
    cluster = state.cluster(request["cluster"])
    names, enabled = request["tasks"], request["protectionEnabled"]
    minutes = request.get("expiresInMinutes")
    _check_count(names, MOST_UPDATED)
    if minutes is not None and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise InvalidParameterException(
            f"expiresInMinutes must be between {LEAST_MINUTES} and {MOST_MINUTES}; got {minutes}."
        )
    tasks, failures = _service_tasks(state, cluster, names)
    for task in list(tasks):
        if enabled and _blocked(state, task):
            tasks.remove(task)
            failures.append({"arn": task.arn, "reason": "DEPLOYMENT_BLOCKED"})
    for task in tasks:
        _protect(state, task, (minutes or DEFAULT_MINUTES) * 60.0 if enabled else None)
    return {"protectedTasks": [_shape(state, each) for each in tasks], "failures": failures}


@operation("GetTaskProtection")
def get_task_protection(state: State, request: Request) -> Answer:
    """Say which of up to 100 tasks of services are protected, and until when.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html
    """
    cluster = state.cluster(request["cluster"])
    names = request.get("tasks") or []
    _check_count(names, MOST_READ)
    tasks, failures = _service_tasks(state, cluster, names)
    return {"protectedTasks": [_shape(state, each) for each in tasks], "failures": failures}


def _check_count(names: list[str], most: int) -> None:
    if not 1 <= len(names) <= most:
        raise InvalidParameterException(f"Name 1 to {most} tasks; got {len(names)}.")


def _service_tasks(
    state: State, cluster: Cluster, names: list[str]
) -> tuple[list[Task], list[dict[str, str]]]:
    """The tasks of services among those named, and a failure for each of the others.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
    """
    tasks: list[Task] = []
    failures: list[dict[str, str]] = []
    for name in names:
        task = state.find_task(cluster, name)
        if task is None or task.stopping:
            arn = name if name.startswith("arn:") else state.arn("task", f"{cluster.name}/{name}")
            failures.append({"arn": arn, "reason": "MISSING"})
        elif task.service is None:
            failures.append({"arn": task.arn, "reason": "TASK_NOT_VALID"})
        else:
            tasks.append(task)
    return tasks, failures


def _blocked(state: State, task: Task) -> bool:
    """Whether the task would become protected while protected tasks hold its service's deployment
    up: no room is left for new ones, and protected old ones are why.
    """
    service = task.service
    if service is None or protected(state, task):
        return False
    outdated = [each for old in service.deployments[1:] for each in to_run(old.tasks.values())]
    return any(protected(state, each) for each in outdated) and _full(service)


def _full(service: Service) -> bool:
    missing = service.desired_count - len(to_run(service.primary.tasks.values()))
    return missing > 0 and len(to_run(service.tasks.values())) >= upper_bound(service)


def _protect(state: State, task: Task, seconds: float | None) -> None:
    if seconds is None:
        task.protected_until_s = None
        _look_again(state, task)
        return
    task.protected_until_s = state.clock.now + seconds
    state.clock.schedule(seconds, _look_again, state, task, background=True)


def _look_again(state: State, task: Task) -> None:
    """Protection has ended, unless it was extended: the scheduler may have waited for that."""
    if task.service is not None and not task.stopping and not protected(state, task):
        task.protected_until_s = None
        scheduler.look_soon(state, task.service)


def _shape(state: State, task: Task) -> dict[str, Any]:
    shape: dict[str, Any] = {"taskArn": task.arn, "protectionEnabled": protected(state, task)}
    if shape["protectionEnabled"]:
        shape["expirationDate"] = task.protected_until_s
    return shape
