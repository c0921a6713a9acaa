"""ECS's changes as the events that EventBridge gets of them.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ecs_lab.engine.model import ContainerInstance, Deployment, Service, Task
from ecs_lab.engine.shapes import container_instance_shape, task_shape
from ecs_lab.engine.state import State

SOURCE = "aws.ecs"
DETAIL_TYPES = {
    "task": "ECS Task State Change",
    "container instance": "ECS Container Instance State Change",
    "service": "ECS Service Action",
    "deployment": "ECS Deployment State Change",
}
"""What kinds of things `State.tell` speaks of, and the detail-type of their events."""

WARNINGS = frozenset({"SERVICE_TASK_START_IMPAIRED", "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY"})
ERRORS = frozenset(
    {
        "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
        "ECS_OPERATION_THROTTLED",
        "SERVICE_DISCOVERY_OPERATION_THROTTLED",
        "SERVICE_TASK_PLACEMENT_FAILURE",
        "SERVICE_TASK_CONFIGURATION_FAILURE",
        "SERVICE_DEPLOYMENT_FAILED",
    }
)
"""Event names that are not INFO.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
"""

# Members of a resource that an event carries only in its head, or never.
_NOT_IN_EVENTS = ("tags", "healthStatus", "runningTasksCount", "pendingTasksCount")


@dataclass(slots=True, frozen=True)
class Happened:
    """One event before it has an id: what changed when, and the detail in AWS's form."""

    at_s: float
    detail_type: str
    resource: str
    detail: dict[str, Any]


def event(state: State, kind: str, thing: object, event_name: str) -> Happened | None:
    """The event of a change that `State.tell` speaks of, or None for one that AWS sends none of."""
    now = state.clock.now
    match thing:
        case Task():
            return Happened(now, DETAIL_TYPES["task"], thing.arn, _task(thing, now))
        case ContainerInstance():
            detail = _instance(thing, now)
            return Happened(now, DETAIL_TYPES["container instance"], thing.arn, detail)
        case Service() if kind == "service" and event_name:
            detail = _service_action(thing, event_name, now)
            return Happened(now, DETAIL_TYPES["service"], thing.arn, detail)
        case Deployment() if event_name:
            detail = _deployment(thing, event_name)
            return Happened(now, DETAIL_TYPES["deployment"], thing.service.arn, detail)
        case _:
            return None


def iso(at_s: float) -> str:
    """A time as events carry it: ISO 8601 in UTC with milliseconds.

    >>> iso(0.5)
    '1970-01-01T00:00:00.500Z'
    """
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def event_type(event_name: str) -> str:
    """INFO, WARN or ERROR."""
    if event_name in ERRORS:
        return "ERROR"
    return "WARN" if event_name in WARNINGS else "INFO"


def _with_iso_times(shape: dict[str, Any]) -> dict[str, Any]:
    return {
        key: iso(value) if key.endswith("At") and isinstance(value, (int, float)) else value
        for key, value in shape.items()
    }


def _task(task: Task, now: float) -> dict[str, Any]:
    """The task as DescribeTasks shows it, but with ISO times, `eni` attachments and updatedAt.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
    """
    shape = _with_iso_times(task_shape(task, []))
    shape["containers"] = [_container(each) for each in shape["containers"]]
    shape["attachments"] = [
        {**each, "type": "eni"} if each["type"] == "ElasticNetworkInterface" else each
        for each in shape["attachments"]
    ]
    return {**_kept(shape), "updatedAt": iso(now)}


def _container(shape: dict[str, Any]) -> dict[str, Any]:
    agents = [_with_iso_times(each) for each in shape.get("managedAgents", [])]
    return {**_kept(shape), **({"managedAgents": agents} if agents else {})}


def _instance(instance: ContainerInstance, now: float) -> dict[str, Any]:
    """The instance as DescribeContainerInstances shows it, with ISO times and updatedAt.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html
    """
    shape = _with_iso_times(container_instance_shape(instance, []))
    return {**_kept(shape), "clusterArn": instance.cluster.arn, "updatedAt": iso(now)}


def _kept(shape: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shape.items() if key not in _NOT_IN_EVENTS}


def _service_action(service: Service, event_name: str, now: float) -> dict[str, Any]:
    """What happened to a service; with the reason for an ERROR.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
    """
    detail: dict[str, Any] = {
        "eventType": event_type(event_name),
        "eventName": event_name,
        "clusterArn": service.cluster.arn,
        "createdAt": iso(now),
    }
    if event_name in ERRORS and service.events:
        detail["reason"] = service.events[-1].message
    return detail


def _deployment(deployment: Deployment, event_name: str) -> dict[str, Any]:
    """How far a deployment is, and why.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
    """
    return {
        "eventType": event_type(event_name),
        "eventName": event_name,
        "deploymentId": deployment.id,
        "updatedAt": iso(deployment.updated_at_s),
        "reason": deployment.rollout_reason,
    }
