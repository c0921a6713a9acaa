"""An order for tasks: what RunTask or a deployment wants launched, and which instance takes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecs_lab.engine import placement
from ecs_lab.engine.model import (
    Cluster,
    ContainerInstance,
    Deployment,
    Document,
    Service,
    Tags,
    Task,
    TaskDefinition,
)
from ecs_lab.engine.placement import Neighbours, Refusal, Rules, Search
from ecs_lab.engine.state import State


@dataclass(slots=True)
class Order:
    """What tasks to launch: the same for all of one RunTask call, or of one deployment.

    `strategy` shares them out over capacity providers; `provider` is the one that a part of the
    order goes to.
    """

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
    strategy: Sequence[Document] = ()
    provider: str | None = None
    volume: Document | None = None

    @property
    def subnets(self) -> list[str]:
        """The subnets that an awsvpc task may be put into."""
        return list((self.network or {}).get("awsvpcConfiguration", {}).get("subnets", []))

    @property
    def company(self) -> list[Task]:
        """The tasks that a new one is spread against: the service's own, or those of the same task
        group.
        """
        if self.service is not None:
            return list(self.service.tasks.values())
        return [each for each in self.cluster.tasks.values() if each.group == self.group]

    @property
    def instances(self) -> list[ContainerInstance]:
        """The instances that may take the tasks: ACTIVE ones of the launch type, of the provider
        where there is one.
        """
        return [
            each
            for each in self.cluster.container_instances.values()
            if each.status == "ACTIVE"
            and each.launch_type == self.launch_type
            and self.provider in (None, each.capacity_provider)
        ]

    def neighbours(self) -> Neighbours:
        """The company, counted."""
        return Neighbours.of(self.company, placement.spread_fields(self.strategies))


class Chooser:
    """Chooses instances for one task after another of an order."""

    def __init__(self, state: State, order: Order) -> None:
        """For the order's instances, constraints, strategies and, in mode awsvpc, subnets."""
        self.subnets = {state.surroundings.zone_of_subnet(each): each for each in order.subnets}
        reachable = frozenset(zone for zone in self.subnets if zone)
        self._search = Search(
            order.instances,
            order.definition.needs,
            Rules(order.constraints, reachable),
            order.strategies,
            order.neighbours(),
            state.ids,
        )

    def next(self) -> tuple[ContainerInstance | None, list[Refusal]]:
        """The best instance for one more task, or None with the reason of each instance."""
        return self._search.next()
