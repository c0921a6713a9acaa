"""Launching tasks, for RunTask and for services alike: an order, the place of each task, and its
birth.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ecs_lab.engine import (
    capacity_strategy,
    capacity_waiting,
    lifecycle,
    placement,
    roles,
    service_connect,
)
from ecs_lab.engine.model import Container, ContainerInstance, Document, ManagedVolume, Task
from ecs_lab.engine.order import Chooser, Order
from ecs_lab.engine.placement import Refusal
from ecs_lab.engine.state import State

__all__ = ["Order", "birth", "start"]


def start(state: State, order: Order, count: int) -> tuple[list[Task], list[Refusal]]:
    """Launch up to `count` tasks; the refusals say why no container instance took the first that
    was left over. With a role that ECS cannot assume none is launched.
    """
    if roles.refusal(state, order.definition, order.overrides) is not None:
        return [], []
    if order.strategy and order.provider is None:
        return _start_on_providers(state, order, count)
    if order.launch_type == "FARGATE":
        return _start_on_fargate(state, order, count), []
    if order.launch_type == "MANAGED_INSTANCES":
        return _wait(state, order, count), []
    return _start_on_instances(state, order, count)


def _start_on_providers(state: State, order: Order, count: int) -> tuple[list[Task], list[Refusal]]:
    """Share the tasks out over the strategy's capacity providers, each of which stands for itself:
    what finds no room with one goes to no other.

    A service counts the tasks it has, so that it keeps its split when it replaces some.
    """
    there = order.deployment.tasks.values() if order.deployment is not None else ()
    counts = capacity_strategy.providers_of(there)
    chosen = Counter(capacity_strategy.split(order.strategy, counts, count))
    tasks: list[Task] = []
    refusals: list[Refusal] = []
    for name, share in chosen.items():
        kind = capacity_strategy.launch_type(state.capacity_providers, name)
        part = replace(order, provider=name, launch_type=kind)
        started, refused = start(state, part, share)
        tasks += started
        refusals += refused
    return tasks, refusals


def _start_on_fargate(state: State, order: Order, count: int) -> list[Task]:
    """Spread the tasks over the subnets' zones, fewest first.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
    """
    if order.provider == "FARGATE_SPOT" and not state.spot_available:
        return []
    zones = {subnet: state.surroundings.zone_of_subnet(subnet) for subnet in order.subnets}
    in_zone = Counter(each.zone for each in order.company if not each.stopping)
    tasks = []
    for _ in range(count):
        subnet = min(order.subnets, key=lambda each: in_zone[zones[each]])
        in_zone[zones[subnet]] += 1
        tasks.append(birth(state, order, None, subnet, zones[subnet]))
    return tasks


def _start_on_instances(state: State, order: Order, count: int) -> tuple[list[Task], list[Refusal]]:
    """Find a place for each task; those without one wait where a capacity provider will scale."""
    chooser = Chooser(state, order)
    tasks: list[Task] = []
    while len(tasks) < count:
        instance, refusals = chooser.next()
        if instance is None:
            tasks += _wait(state, order, count - len(tasks))
            return tasks, refusals if len(tasks) < count else []
        subnet = chooser.subnets.get(instance.zone)
        tasks.append(birth(state, order, instance, subnet, instance.zone))
    return tasks, []


def _wait(state: State, order: Order, count: int) -> list[Task]:
    """Let tasks wait in PROVISIONING for a place, as far as they may."""
    waiting = min(count, capacity_waiting.room(state, order))
    return [birth(state, order, None, None, None) for _ in range(waiting)]


def birth(
    state: State,
    order: Order,
    instance: ContainerInstance | None,
    subnet_id: str | None,
    zone: str | None,
) -> Task:
    """Make a task in its place and let its life begin."""
    task_id = state.ids.hex(32)
    path = f"{order.cluster.name}/{task_id}"
    awsvpc = order.definition.network_mode == "awsvpc"
    task = Task(
        id=task_id,
        arn=state.arn("task", path),
        cluster=order.cluster,
        definition=order.definition,
        launch_type=order.launch_type,
        group=order.group,
        created_at_s=state.clock.now,
        containers=_containers(state, order, path),
        overrides=order.overrides
        or {"containerOverrides": [], "inferenceAcceleratorOverrides": []},
        network=order.network,
        started_by=order.started_by,
        service=order.service,
        deployment=order.deployment,
        container_instance=instance,
        capacity_provider=order.provider,
        waits_with=order if order.launch_type != "FARGATE" and instance is None else None,
        platform_version=order.platform_version,
        zone=zone,
        subnet_id=subnet_id if awsvpc else None,
        attachment_id=state.ids.uuid() if awsvpc else None,
        volume=_managed_volume(state, order),
        execute_command=order.execute_command,
        tags=list(order.tags),
    )
    if order.service is not None and order.deployment is not None:
        order.service.tasks[task_id] = order.deployment.tasks[task_id] = task
    if instance is not None:
        placement.reserve(instance, task)
    lifecycle.begin(state, task)
    if task.waits_with is not None:
        capacity_waiting.begin(state, task)
    return task


def _managed_volume(state: State, order: Order) -> ManagedVolume | None:
    """The task's own EBS volume. That of a service's task always goes with the task.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/configure-ebs-volume.html
    """
    if order.volume is None:
        return None
    policy = order.volume["managedEBSVolume"].get("terminationPolicy") or {}
    deleted = order.service is not None or bool(policy.get("deleteOnTermination", True))
    return ManagedVolume(state.ids.uuid(), order.volume, deleted)


def _containers(state: State, order: Order, path: str) -> list[Container]:
    """The task's containers, each definition with the overrides for its name laid over it.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html
    """
    overrides = {each["name"]: each for each in order.overrides.get("containerOverrides", [])}
    own = [
        Container(
            arn=state.arn("container", f"{path}/{state.ids.uuid()}"),
            definition=_overridden(definition, overrides.get(definition["name"], {})),
        )
        for definition in order.definition.containers
    ]
    return own + service_connect.proxy(state, order.deployment, path)


def _overridden(definition: Document, override: Document) -> Document:
    if not override:
        return definition
    environment = {each["name"]: each["value"] for each in definition.get("environment", [])}
    environment |= {each["name"]: each["value"] for each in override.get("environment", [])}
    merged = [{"name": name, "value": value} for name, value in environment.items()]
    return {**definition, **override, "environment": merged}
