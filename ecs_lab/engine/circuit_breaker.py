"""The deployment circuit breaker, and alarms: when a rolling deployment counts as failed.

Stage 1 counts tasks that never reach RUNNING. Once one is RUNNING, stage 2 counts tasks that fail
load balancer or container health checks. A program that runs and then ends is neither.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ecs_lab.engine.deployments import BREAKER, fail
from ecs_lab.engine.model import Deployment, Task
from ecs_lab.engine.state import State

LEAST, MOST = 3, 200
DEFAULT: Mapping[str, Any] = {"type": "BOUNDED_PERCENT", "value": 50}
FAILED_CHECK = "Task failed"
"""How the stoppedReason begins of a task that failed a health check."""


def settings(deployment: Deployment) -> Mapping[str, Any]:
    """The deployment's circuit breaker as it was asked for; empty when there is none."""
    asked: Mapping[str, Any] = deployment.record.configuration.get("deploymentCircuitBreaker") or {}
    return asked if asked.get("enable") else {}


def threshold(desired: int, configuration: Mapping[str, Any] | None = None) -> int:
    """How many failed tasks end the deployment.

    >>> [threshold(desired) for desired in (1, 25, 400, 800)]
    [3, 13, 200, 200]
    """
    kind, value = (configuration or DEFAULT)["type"], (configuration or DEFAULT)["value"]
    if kind == "COUNT":
        return int(value)
    share: int = math.ceil(desired * value / 100)
    return share if kind == "UNBOUNDED_PERCENT" else min(MOST, max(LEAST, share))


def counts_as_failed(task: Task) -> bool:
    """Whether a stopped task failed, as the circuit breaker and `failedTasks` count.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
    """
    if task.stop_code == "TaskFailedToStart":
        return True
    return (task.stopped_reason or "").startswith(FAILED_CHECK)


def task_failed(state: State, deployment: Deployment) -> None:
    """Count one more failed task; at the threshold the deployment fails."""
    if deployment.rollout_state != "IN_PROGRESS" or deployment.status != "PRIMARY":
        return
    deployment.failed_tasks += 1
    deployment.record.failure_count = deployment.failed_tasks
    asked = settings(deployment)
    if not asked:
        return
    limit = threshold(deployment.service.desired_count, asked.get("thresholdConfiguration"))
    if deployment.failed_tasks == limit:
        deployment.record.breaker_triggered = True
        why = f"{BREAKER}: tasks failed to start."
        fail(state, deployment, why, roll_back=bool(asked.get("rollback")))


def task_became_healthy(deployment: Deployment) -> None:
    """A task of the deployment is healthy: only consecutive failures count, unless asked for."""
    if settings(deployment).get("resetOnHealthyTask", True):
        deployment.failed_tasks = deployment.record.failure_count = 0


def check_alarms(state: State, deployment: Deployment) -> bool:
    """Whether an alarm of the deployment has gone off, which then has failed.

    One that was in the ALARM state when the deployment began has all of them ignored.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
    """
    asked = deployment.record.configuration.get("alarms") or {}
    if not asked.get("enable") or deployment.rollout_state != "IN_PROGRESS":
        return False
    if deployment.record.ignores_alarms:
        return False
    ringing = state.surroundings.alarms_ringing(asked["alarmNames"])
    if not ringing:
        return False
    deployment.record.triggered_alarms = list(ringing)
    why = "ECS deployment alarms: an alarm was in the ALARM state."
    fail(state, deployment, why, roll_back=bool(asked.get("rollback")))
    return True
