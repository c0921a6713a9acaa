"""Tasks: run, start, stop, describe, list."""

from __future__ import annotations

from collections.abc import Mapping

from ecs_lab.engine import capacity_waiting, launch, lifecycle, placement, roles
from ecs_lab.engine.api import container_instances, request_rules, volume_rules
from ecs_lab.engine.api import exec as ecs_exec
from ecs_lab.engine.api.idempotency import idempotent
from ecs_lab.engine.api.overrides import overridden
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.errors import ClientException, ConflictException, InvalidParameterException
from ecs_lab.engine.launch import Order
from ecs_lab.engine.model import Cluster, ContainerInstance, Task, TaskDefinition
from ecs_lab.engine.service_tasks import managed_tags
from ecs_lab.engine.shapes import task_shape
from ecs_lab.engine.state import State, find_each, page

MOST_TASKS_A_CALL = 10
LISTED_LAUNCH_TYPES = (*request_rules.LAUNCH_TYPES, "MANAGED_INSTANCES")
DESIRED_STATUSES = ("RUNNING", "PENDING", "STOPPED")
FILTERS = ("containerInstance", "desiredStatus", "family", "launchType", "serviceName")
"""The filters of ListTasks that do not go together with startedBy."""


def _token_in_use(before: Answer) -> ConflictException:
    return ConflictException(
        "The RunTask request could not be processed due to conflicts. The provided clientToken is "
        "already in use with a different RunTask request.",
        [each["taskArn"] for each in before["tasks"]],
    )


@operation("RunTask")
@idempotent(64, _token_in_use)
def run_task(state: State, request: Request) -> Answer:
    """Launch 1-10 standalone tasks where ECS finds room; each that finds none is told in
    `failures`.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    count = request.get("count", 1)
    if not 1 <= count <= MOST_TASKS_A_CALL:
        raise InvalidParameterException("The number of tasks that you can run at once is 1 to 10.")
    cluster = state.cluster(request.get("cluster"))
    request = request_rules.with_strategy(state, request, cluster)
    order = _order(state, cluster, request, request_rules.launch_type(state, request, cluster))
    capacity_waiting.check(state, order)
    if order.launch_type != "FARGATE" and not (cluster.container_instances or order.strategy):
        raise InvalidParameterException("No Container Instances were found in your cluster.")
    tasks, refusals = launch.start(state, order, count)
    if not tasks and not refusals:
        _refuse_without_capacity(order)
    failures = [{"arn": each.instance.arn, "reason": each.reason} for each in refusals]
    return {"tasks": [task_shape(each, ["TAGS"]) for each in tasks], "failures": failures}


def _refuse_without_capacity(order: Order) -> None:
    """Capacity providers had nothing for any of the tasks: nothing was launched."""
    if order.launch_type == "FARGATE":
        raise ClientException(
            "Capacity is unavailable at this time. Please try again later or in a different "
            "availability zone"
        )
    raise InvalidParameterException(
        "No Container Instances were found in your capacity provider."
        if order.strategy
        else "No Container Instances were found in your cluster."
    )


@operation("StartTask")
def start_task(state: State, request: Request) -> Answer:
    """Launch one standalone task on each of the 1-10 container instances named, with the launch
    type of each.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html
    """
    names = request["containerInstances"]
    if not 1 <= len(names) <= MOST_TASKS_A_CALL:
        raise InvalidParameterException("You must specify 1 to 10 container instances.")
    cluster = state.cluster(request.get("cluster"))
    found = [container_instances.find_described(cluster, name, state) for name in names]
    kinds = {each.launch_type for each in found if each is not None} or {"EC2"}
    orders = {kind: _order(state, cluster, request, kind) for kind in sorted(kinds)}
    tasks: list[Task] = []
    failures: list[dict[str, str]] = []
    for name, instance in zip(names, found, strict=True):
        task, reason = _start_on(state, orders, instance)
        if task is not None:
            tasks.append(task)
        else:
            arn = (
                name
                if name.startswith("arn:")
                else state.arn("container-instance", f"{cluster.name}/{name}")
            )
            failures.append({"arn": arn, "reason": reason})
    return {"tasks": [task_shape(each, ["TAGS"]) for each in tasks], "failures": failures}


def _start_on(
    state: State, orders: Mapping[str, Order], instance: ContainerInstance | None
) -> tuple[Task | None, str]:
    if instance is None:
        return None, "MISSING"
    if instance.status == "INACTIVE":
        return None, "INACTIVE"
    order = orders[instance.launch_type]
    zones = {state.surroundings.zone_of_subnet(each): each for each in order.subnets}
    if zones and instance.zone not in zones:
        return None, "LOCATION"
    reason = placement.shortage(instance, order.definition.needs)
    if reason is not None:
        return None, reason
    return launch.birth(state, order, instance, zones.get(instance.zone), instance.zone), ""


def _order(state: State, cluster: Cluster, request: Request, launch_type: str) -> Order:
    definition = state.usable_task_definition(request["taskDefinition"])
    request_rules.check_launch(state, definition, launch_type, request)
    ecs_exec.check_task_role(definition, request, "task", "started")
    overrides = request.get("overrides") or {}
    request_rules.check_started_by(request.get("startedBy"))
    definition = overridden(definition, overrides, launch_type)
    refusal = roles.refusal(state, definition, overrides)
    if refusal is not None:
        raise ClientException(refusal)
    constraints = placement.constraints_of(request, definition)
    strategies = request.get("placementStrategy") or []
    request_rules.check_placement(constraints, strategies, launch_type)
    platform = request_rules.platform_version(request, launch_type)
    volume_rules.check_platform(definition, platform)
    return Order(
        cluster=cluster,
        definition=definition,
        launch_type=launch_type,
        group=request_rules.task_group(request, definition),
        network=request.get("networkConfiguration"),
        constraints=constraints,
        strategies=strategies or ({"type": "random"},),
        overrides=overrides,
        started_by=request.get("startedBy"),
        platform_version=platform,
        execute_command=request.get("enableExecuteCommand", False),
        tags=_tags(request, cluster, definition),
        strategy=request.get("capacityProviderStrategy") or (),
        volume=volume_rules.configured_volume(request, definition, launch_type),
    )


def _tags(request: Request, cluster: Cluster, definition: TaskDefinition) -> list[dict[str, str]]:
    """The tags of a standalone task: its own, ECS's, and those of its definition if asked for.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    if request.get("propagateTags") not in (None, "NONE", "TASK_DEFINITION"):
        raise InvalidParameterException(
            "Tags of a task that no service runs can only be propagated from its task definition: "
            "propagateTags is TASK_DEFINITION or NONE."
        )
    own = checked_tags(request.get("tags"))
    if request.get("enableECSManagedTags"):
        own = [*own, *managed_tags(cluster)]
    if request.get("propagateTags") != "TASK_DEFINITION":
        return own
    merged = {each["key"]: each["value"] for each in [*definition.tags, *own]}
    return [{"key": key, "value": value} for key, value in merged.items()]


@operation("StopTask")
def stop_task(state: State, request: Request) -> Answer:
    """Stop a task; its containers get SIGTERM, and SIGKILL after stopTimeout.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
    """
    cluster = state.cluster(request.get("cluster"))
    task = state.find_task(cluster, request["task"])
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    reason = request.get("reason") or "Task stopped by user"
    lifecycle.stop(state, task, "UserInitiated", reason)
    return {"task": task_shape(task, ["TAGS"])}


@operation("DescribeTasks")
def describe_tasks(state: State, request: Request) -> Answer:
    """Describe up to 100 tasks, also those that stopped within the last hour; others come back as
    MISSING.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
    """
    cluster = state.cluster(request.get("cluster"))
    names = request["tasks"]
    if not 1 <= len(names) <= 100:
        raise InvalidParameterException("Tasks cannot be empty, and 100 at most.")
    include = request.get("include") or []
    prefix = state.arn("task", f"{cluster.name}/")
    found, failures = find_each(names, lambda name: state.find_task(cluster, name), prefix)
    shown = [task_shape(each, include) for each in found]
    return {"tasks": shown, "failures": failures}


@operation("ListTasks")
def list_tasks(state: State, request: Request) -> Answer:
    """List ARNs of tasks; those with desired status RUNNING unless STOPPED is asked for.

    No task has the desired status PENDING. Whoever filters by startedBy filters by nothing else.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
    """
    cluster = state.cluster(request.get("cluster"))
    _check_filters(request)
    desired = request.get("desiredStatus") or "RUNNING"
    service = None
    if request.get("serviceName"):
        service = request_rules.known_service(state, cluster, request["serviceName"])
    instance = None
    if request.get("containerInstance"):
        instance = container_instances.find(cluster, request["containerInstance"], state)
        if instance is None:
            raise InvalidParameterException("The referenced container instance was not found.")
    arns = [
        each.arn
        for each in cluster.tasks.values()
        if each.desired_status == desired
        and service in (None, each.service)
        and instance in (None, each.container_instance)
        and request.get("family") in (None, each.definition.family)
        and request.get("launchType") in (None, each.launch_type)
        and request.get("startedBy") in (None, each.started_by)
    ]
    return page(request, "taskArns", arns)


def _check_filters(request: Request) -> None:
    """The filters of ListTasks have values that there are, and startedBy stands alone."""
    desired, launch_type = request.get("desiredStatus"), request.get("launchType")
    if desired not in (None, *DESIRED_STATUSES):
        raise InvalidParameterException(
            f"Invalid desiredStatus {desired!r}: {', '.join(DESIRED_STATUSES)}."
        )
    if launch_type not in (None, *LISTED_LAUNCH_TYPES):
        raise InvalidParameterException(
            f"Invalid launchType {launch_type!r}: {', '.join(LISTED_LAUNCH_TYPES)}."
        )
    others = [key for key in FILTERS if request.get(key)]
    if request.get("startedBy") and others:
        raise InvalidParameterException(
            f"startedBy must be the only filter of ListTasks: leave out {' and '.join(others)}."
        )
