"""Task sets of services with the EXTERNAL deployment controller."""

from __future__ import annotations

from typing import Any

from ecs_lab.engine import external, load_balancing, scheduler, service_registries
from ecs_lab.engine.api import request_rules, service_rules
from ecs_lab.engine.api.idempotency import idempotent
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.errors import (
    InvalidParameterException,
    ServiceNotActiveException,
    TaskSetNotFoundException,
)
from ecs_lab.engine.model import Service, TaskDefinition, TaskSet
from ecs_lab.engine.shapes import task_set_shape
from ecs_lab.engine.state import State


@operation("CreateTaskSet")
@idempotent(36)
def create_task_set(state: State, request: Request) -> Answer:
    """Create a task set of an EXTERNAL service, 5 at most; without a scale it has no tasks yet.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html
    """
    service = _active_service(state, request)
    _only_external(service)
    scale = _checked_scale(request.get("scale") or {"value": 0.0})
    if len(service.task_sets) >= external.MOST_TASK_SETS:
        raise InvalidParameterException(
            f"{len(service.task_sets)} deployments exist on the service. Unable to create new "
            "TaskSet since this exceeds the maximum limit."
        )
    request = request_rules.with_strategy(state, request, service.cluster)
    launch_type = request_rules.launch_type(state, request, service.cluster)
    definition = state.usable_task_definition(request["taskDefinition"])
    request_rules.check_launch(state, definition, launch_type, request)
    service_rules.check_external(request, launch_type)
    _check_load_balancers(state, request, definition)
    service_registries.check(state, request, definition)
    request_rules.check_placement(
        service.request.get("placementConstraints") or [],
        service.request.get("placementStrategy") or [],
        launch_type,
    )
    platform = request_rules.platform_version(request, launch_type)
    made = external.add_task_set(
        state,
        service,
        definition,
        request,
        launch_type=launch_type,
        platform_version=platform,
        scale=scale,
        tags=checked_tags(request.get("tags")),
    )
    scheduler.look_soon(state, service)
    return {"taskSet": task_set_shape(made, ["TAGS"])}


def _check_load_balancers(state: State, request: Request, definition: TaskDefinition) -> None:
    """A task set can be behind Application and Network Load Balancers, not Classic ones.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html
    """
    balancers = request.get("loadBalancers") or []
    if any(each.get("loadBalancerName") for each in balancers):
        raise InvalidParameterException(
            "Classic Load Balancers are not supported with task sets: use a target group of an "
            "Application or Network Load Balancer."
        )
    load_balancing.check(state, balancers, definition)


@operation("DescribeTaskSets")
def describe_task_sets(state: State, request: Request) -> Answer:
    """Describe the task sets of a service, all of them unless some are named.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskSets.html
    """
    service = _active_service(state, request)
    include = request.get("include") or []
    found: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    for name in request.get("taskSets") or [each.arn for each in service.task_sets]:
        _check_identifier(service, name)
        task_set = _find(service, name)
        if task_set is None:
            arn = name if name.startswith("arn:") else _prefix(state, service) + name
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(task_set_shape(task_set, include))
    return {"taskSets": found, "failures": failures}


@operation("UpdateTaskSet")
def update_task_set(state: State, request: Request) -> Answer:
    """Change the scale of a task set, which is all that can be changed of one.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskSet.html
    """
    service = _active_service(state, request)
    _only_external(service)
    task_set = _living(service, request["taskSet"])
    external.rescale(state, task_set, _checked_scale(request["scale"]))
    scheduler.look_soon(state, service)
    return {"taskSet": task_set_shape(task_set, ["TAGS"])}


@operation("DeleteTaskSet")
def delete_task_set(state: State, request: Request) -> Answer:
    """Delete a task set that is scaled to zero, or any by force.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskSet.html
    """
    service = _active_service(state, request)
    _only_external(service)
    task_set = _living(service, request["taskSet"])
    if task_set.computed_desired_count > 0 and not request.get("force"):
        raise InvalidParameterException(
            "The task set cannot be deleted while it is scaled above 0. Scale it to 0 with "
            "UpdateTaskSet, or use force."
        )
    external.drain(state, task_set)
    scheduler.look_soon(state, service)
    return {"taskSet": task_set_shape(task_set, ["TAGS"])}


@operation("UpdateServicePrimaryTaskSet")
def update_service_primary_task_set(state: State, request: Request) -> Answer:
    """Say which task set serves production; DescribeServices shows its fields as the service's.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateServicePrimaryTaskSet.html
    """
    service = _active_service(state, request)
    _only_external(service)
    task_set = _living(service, request["primaryTaskSet"])
    external.make_primary(state, task_set)
    scheduler.look_soon(state, service)
    return {"taskSet": task_set_shape(task_set, ["TAGS"])}


def _active_service(state: State, request: Request) -> Service:
    cluster = state.cluster(request["cluster"])
    service = request_rules.known_service(state, cluster, request["service"])
    if service.status != "ACTIVE":
        raise ServiceNotActiveException
    return service


def _only_external(service: Service) -> None:
    controller = external.controller_of(service.request)
    if controller != "EXTERNAL":
        raise InvalidParameterException(
            "Task sets can be managed only on services with an EXTERNAL deployment controller; "
            f"the service {service.name} has the {controller} deployment controller."
        )


def _checked_scale(scale: dict[str, Any]) -> float:
    """A percentage between 0 and 100; the unit can only be PERCENT.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Scale.html
    """
    value, unit = scale.get("value", 0.0), scale.get("unit") or "PERCENT"
    if unit != "PERCENT":
        raise InvalidParameterException("The unit of a task set's scale must be PERCENT.")
    if not 0 <= value <= 100:
        raise InvalidParameterException("The scale of a task set must be between 0 and 100.")
    return float(value)


def _prefix(state: State, service: Service) -> str:
    return state.arn("task-set", f"{service.cluster.name}/{service.name}/")


def _find(service: Service, id_or_arn: str) -> TaskSet | None:
    sets = service.task_sets
    return next((each for each in sets if id_or_arn in (each.id, each.arn)), None)


def _check_identifier(service: Service, id_or_arn: str) -> None:
    """An id begins with ecs-svc/; an ARN names this service."""
    if id_or_arn.startswith("arn:"):
        good = f":task-set/{service.cluster.name}/{service.name}/ecs-svc/" in id_or_arn
    else:
        good = id_or_arn.startswith("ecs-svc/")
    if not good:
        raise InvalidParameterException("Task Set Identifier is invalid")


def _living(service: Service, id_or_arn: str) -> TaskSet:
    _check_identifier(service, id_or_arn)
    task_set = _find(service, id_or_arn)
    if task_set is None or task_set.status == "DRAINING":
        raise TaskSetNotFoundException
    return task_set
