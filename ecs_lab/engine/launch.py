"""Launching tasks, for RunTask and for services alike: an order, the place of each task, and its
birth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecs_lab.engine import lifecycle, placement
from ecs_lab.engine.model import (
    Cluster,
    Container,
    ContainerInstance,
    Deployment,
    Document,
    Service,
    Tags,
    Task,
    TaskDefinition,
)
from ecs_lab.engine.placement import Neighbours, Refusal
from ecs_lab.engine.state import State


@dataclass(slots=True)
class Order:
    """What tasks to launch: the same for all of one RunTask call, or of one deployment."""

    cluster: Cluster
    definition: TaskDefinition
    launch_type: str
    group: str
    network: Document | None = None
    constraints: Sequence[Mapping[str, Any]] = ()
    strategies: Sequence[Mapping[str, str]] = ()
    overrides: Document = field(default_factory=dict)
    started_by: str | None = None
    platform_version: str | None = None
    execute_command: bool = False
    tags: Tags = field(default_factory=list)
    service: Service | None = None
    deployment: Deployment | None = None

    @property
    def subnets(self) -> list[str]:
        """The subnets that an awsvpc task may be put into."""
        return list((self.network or {}).get("awsvpcConfiguration", {}).get("subnets", []))


def start(state: State, order: Order, count: int) -> tuple[list[Task], list[Refusal]]:
    """Launch up to `count` tasks; the refusals say why no container instance took the first that
    was left over.
    """
    if order.launch_type == "FARGATE":
        return _start_on_fargate(state, order, count), []
    return _start_on_instances(state, order, count)


def _start_on_fargate(state: State, order: Order, count: int) -> list[Task]:
    """Spread the tasks over the subnets' zones, fewest first.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
    """
    zones = {subnet: state.surroundings.zone_of_subnet(subnet) for subnet in order.subnets}
    in_zone = Counter(each.zone for each in _neighbours(order) if not each.stopping)
    tasks = []
    for _ in range(count):
        subnet = min(order.subnets, key=lambda each: in_zone[zones[each]])
        in_zone[zones[subnet]] += 1
        tasks.append(birth(state, order, None, subnet, zones[subnet]))
    return tasks


def _start_on_instances(state: State, order: Order, count: int) -> tuple[list[Task], list[Refusal]]:
    instances = [
        each for each in order.cluster.container_instances.values() if each.status == "ACTIVE"
    ]
    neighbours = Neighbours.of(_neighbours(order), placement.spread_fields(order.strategies))
    zones = {state.surroundings.zone_of_subnet(each): each for each in order.subnets}
    reachable = frozenset(zone for zone in zones if zone)
    needs = order.definition.needs
    tasks: list[Task] = []
    for _ in range(count):
        instance, refusals = placement.choose(
            instances, needs, order.constraints, order.strategies, neighbours, reachable, state.ids
        )
        if instance is None:
            return tasks, refusals
        neighbours.add(instance)
        tasks.append(birth(state, order, instance, zones.get(instance.zone), instance.zone))
    return tasks, []


def _neighbours(order: Order) -> list[Task]:
    """The tasks that a new one is spread against: the service's own, or those of the same task
    group.
    """
    if order.service is not None:
        return list(order.service.tasks.values())
    return [each for each in order.cluster.tasks.values() if each.group == order.group]


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
        platform_version=order.platform_version,
        zone=zone,
        subnet_id=subnet_id if awsvpc else None,
        attachment_id=state.ids.uuid() if awsvpc else None,
        execute_command=order.execute_command,
        tags=list(order.tags),
    )
    if order.service is not None and order.deployment is not None:
        order.service.tasks[task_id] = order.deployment.tasks[task_id] = task
    if instance is not None:
        placement.reserve(instance, task)
    lifecycle.begin(state, task)
    return task


def _containers(state: State, order: Order, path: str) -> list[Container]:
    """The task's containers, each definition with the overrides for its name laid over it.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html
    """
    overrides = {each["name"]: each for each in order.overrides.get("containerOverrides", [])}
    return [
        Container(
            arn=state.arn("container", f"{path}/{state.ids.uuid()}"),
            definition=_overridden(definition, overrides.get(definition["name"], {})),
        )
        for definition in order.definition.containers
    ]


def _overridden(definition: Document, override: Document) -> Document:
    if not override:
        return definition
    environment = {each["name"]: each["value"] for each in definition.get("environment", [])}
    environment |= {each["name"]: each["value"] for each in override.get("environment", [])}
    merged = [{"name": name, "value": value} for name, value in environment.items()]
    return {**definition, **override, "environment": merged}
