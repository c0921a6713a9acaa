"""Which container instance a task goes to: AWS's four steps, in AWS's order.

1. Keep the instances that have the CPU, GPU, memory, ports and network interfaces that the task
needs. 2. Keep those that satisfy the placement constraints. 3. Rank what is left by the placement
strategies, in the order they are listed. 4. Take the first.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, NamedTuple

from ecs_lab.engine import host_ports
from ecs_lab.engine.cluster_query_parser import parse
from ecs_lab.engine.ids import Ids
from ecs_lab.engine.model import ContainerInstance, Needs, Task, TaskDefinition

SERVICE_DEFAULT: Sequence[Mapping[str, str]] = (
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "spread", "field": "instanceId"},
)
"""How a service's tasks are placed when nothing else is asked for: fewest in the zone, then fewest
on the instance.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

INSTANCE = ("instanceId", "host")
"""The spread fields that name the instance itself; both mean the same."""

MEMBER_OF = "MemberOf placement constraint unsatisfied."
DISTINCT_INSTANCE = "DistinctInstance placement constraint unsatisfied."
"""How failures name a constraint that an instance breaks.

AWS's page of failure reasons has the text for memberOf (with TaskFailedToStart before it); the
full stop is as RunTask answers it (https://github.com/aws/amazon-ecs-agent/pull/3044). The one for
distinctInstance is formed alike.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
"""

CLOSEST = {
    "AGENT": 'encountered error "AGENT".',
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "RESOURCE:ENI": 'encountered error "RESOURCE:ENI".',
    "RESOURCE:GPU": 'encountered error "RESOURCE:GPU".',
    "ATTRIBUTE": "is missing an attribute required by your task.",
    MEMBER_OF: f'encountered error "{MEMBER_OF}".',
    DISTINCT_INSTANCE: f'encountered error "{DISTINCT_INSTANCE}".',
}
"""How a service event ends that names the closest matching instance, by the reason why it did not
fit.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""


@dataclass(slots=True)
class Neighbours:
    """The tasks that count as company: a service's own, or those of the same task group."""

    per_instance: Counter[str] = field(default_factory=Counter)
    per_value: dict[str, Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, tasks: Iterable[Task], spread_fields: Iterable[str]) -> Neighbours:
        """Count the tasks that are to run, by instance and by the value of each field to spread
        over.
        """
        neighbours = cls(Counter(), {name: Counter() for name in spread_fields})
        for task in tasks:
            if task.container_instance is not None and not task.stopping:
                neighbours.add(task.container_instance)
        return neighbours

    def add(self, instance: ContainerInstance) -> None:
        """Count one more task on the instance."""
        self.per_instance[instance.id] += 1
        for name, counts in self.per_value.items():
            counts[spread_value(instance, name)] += 1


def spread_value(instance: ContainerInstance, field_name: str) -> str:
    """The value of a spread field for an instance: its id for instanceId or host, else the
    attribute's value.
    """
    if field_name in INSTANCE:
        return instance.id
    return instance.attributes.get(field_name.removeprefix("attribute:")) or ""


def shortage(instance: ContainerInstance, needs: Needs) -> str | None:
    """Step 1: why the instance cannot take one more such task, in AWS's words, or None when it can.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
    """
    if not instance.agent_connected:
        return "AGENT"
    if not needs.attributes <= instance.attributes.keys():
        return "ATTRIBUTE"
    if needs.cpu_units > instance.free_cpu:
        return "RESOURCE:CPU"
    if needs.memory_mib > instance.free_memory:
        return "RESOURCE:MEMORY"
    if needs.gpus > instance.gpus - instance.used_gpus:
        return "RESOURCE:GPU"
    if host_ports.lacking(instance, needs):
        return "RESOURCE:PORTS"
    if needs.network_interfaces > instance.interface_slots - instance.used_interfaces:
        return "RESOURCE:ENI"
    return None


class Rules:
    """Step 2: the placement constraints of an order, read once; `zones` are those of an awsvpc
    task's subnets.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
    """

    def __init__(
        self, constraints: Iterable[Mapping[str, Any]], zones: frozenset[str] = frozenset()
    ) -> None:
        constraints = list(constraints)
        self._zones = zones
        self._distinct = any(each["type"] == "distinctInstance" for each in constraints)
        asked = [parse(each["expression"]) for each in constraints if each["type"] == "memberOf"]
        self._lasting = [each for each in asked if not each.changes]
        self._changing = [each for each in asked if each.changes]

    def lasting_conflict(self, instance: ContainerInstance) -> str | None:
        """The rule that the instance breaks, of those that do not look at the tasks on it."""
        if self._zones and instance.zone not in self._zones:
            return "LOCATION"
        if not all(each.matches(instance) for each in self._lasting):
            return MEMBER_OF
        return None

    def changing_conflict(self, instance: ContainerInstance, neighbours: Neighbours) -> str | None:
        """The rule that the instance breaks because of the tasks that are on it now.

        distinctInstance looks at the desired status: a task that is to stop does not count.
        """
        if self._distinct and neighbours.per_instance[instance.id]:
            return DISTINCT_INSTANCE
        if not all(each.matches(instance) for each in self._changing):
            return MEMBER_OF
        return None


def conflict(
    instance: ContainerInstance,
    constraints: Iterable[Mapping[str, Any]],
    neighbours: Neighbours,
    zones: frozenset[str],
) -> str | None:
    """Step 2 for a single instance: which constraint it breaks, or None."""
    rules = Rules(constraints, zones)
    return rules.lasting_conflict(instance) or rules.changing_conflict(instance, neighbours)


@dataclass(slots=True)
class Refusal:
    """Why one instance was not taken: AWS's reason, and the instance."""

    instance: ContainerInstance
    reason: str


class _Place(NamedTuple):
    """An instance in a queue: its own part of its standing, and its number, which settles ties."""

    own: tuple[float, ...]
    number: int
    instance: ContainerInstance


class Search:
    """Steps 3 and 4: the best instance for one task after another, while no time passes.

    An instance's standing is one number for each strategy: the smallest is best, and each strategy
    settles the ties of those before it. Instances with the same values of all attributes that are
    spread over share that part of it, so they stand in one queue, ordered by the rest: a task
    costs a look at the head of each queue, not at each instance.
    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
    """

    def __init__(
        self,
        instances: Iterable[ContainerInstance],
        needs: Needs,
        rules: Rules,
        strategies: Sequence[Mapping[str, str]],
        neighbours: Neighbours,
        ids: Ids,
    ) -> None:
        """Among `instances`, for tasks that ask for `needs` and keep to `rules`; `neighbours` count
        for spreading and distinct instances, `ids` give what the strategy `random` draws.
        """
        self._instances = list(instances)
        self._needs, self._rules, self._neighbours, self._ids = needs, rules, neighbours, ids
        self._strategies = kinds_and_fields(strategies)
        self._shared = [each for each in spread_fields(strategies) if each not in INSTANCE]
        self._refused: dict[str, str] = {}
        self._turns: dict[str, float] = {}
        self._queues: dict[tuple[str, ...], list[_Place]] = {}
        self._last: _Place | None = None
        for number, instance in enumerate(self._instances):
            reason = shortage(instance, needs) or rules.lasting_conflict(instance)
            if reason is not None:
                self._refused[instance.id] = reason
            else:
                self._line_up(number, instance)

    def next(self) -> tuple[ContainerInstance | None, list[Refusal]]:
        """The instance for one more task, which the caller puts there; or None with the reason for
        each instance.
        """
        if self._last is not None:
            self._line_up(self._last.number, self._last.instance)
        aside: list[_Place] = []
        self._last = self._take_best(aside)
        for each in aside:
            self._line_up(each.number, each.instance)
        if self._last is None:
            return None, [Refusal(each, self._refused[each.id]) for each in self._instances]
        if self._last.instance.id in self._turns:
            self._turns[self._last.instance.id] += self._ids.random.expovariate(1.0)
        self._neighbours.add(self._last.instance)
        return self._last.instance, []

    def _line_up(self, number: int, instance: ContainerInstance) -> None:
        values = tuple(spread_value(instance, each) for each in self._shared)
        queue = self._queues.setdefault(values, [])
        heappush(queue, _Place(self._own_part(instance), number, instance))

    def _take_best(self, aside: list[_Place]) -> _Place | None:
        """Take the best instance out of its queue; those that a task on them rules out for now go
        to `aside`.
        """
        for queue in self._queues.values():
            self._settle(queue, aside)
        waiting = [queue for queue in self._queues.values() if queue]
        if not waiting:
            return None
        return heappop(min(waiting, key=lambda queue: self._standing(queue[0])))

    def _settle(self, queue: list[_Place], aside: list[_Place]) -> None:
        """Bring an instance that can take the task to the head of the queue."""
        while queue:
            instance = queue[0].instance
            short = shortage(instance, self._needs)
            reason = short or self._rules.changing_conflict(instance, self._neighbours)
            if reason is None:
                return
            place = heappop(queue)
            self._refused[instance.id] = reason
            if short is None and reason != DISTINCT_INSTANCE:
                aside.append(place)

    def _own_part(self, instance: ContainerInstance) -> tuple[float, ...]:
        """The part of the standing that is the instance's own, in the order of the strategies."""
        part: list[float] = []
        for kind, name in self._strategies:
            if kind == "random":
                part.append(self._turn(instance))
            elif kind == "binpack":
                by_cpu = name.lower() == "cpu"
                part.append(instance.free_cpu if by_cpu else instance.free_memory)
            elif name in INSTANCE:
                part.append(self._neighbours.per_instance[instance.id])
        return tuple(part)

    def _turn(self, instance: ContainerInstance) -> float:
        """When the instance's turn comes by chance.

        Turns come like the events of Poisson processes: whoever is next is so by pure chance,
        whoever was before.
        """
        if instance.id not in self._turns:
            self._turns[instance.id] = self._ids.random.expovariate(1.0)
        return self._turns[instance.id]

    def _standing(self, place: _Place) -> tuple[float, ...]:
        own = iter(place.own)
        return (
            *(
                self._neighbours.per_value[name][spread_value(place.instance, name)]
                if kind == "spread" and name not in INSTANCE
                else next(own)
                for kind, name in self._strategies
            ),
            place.number,
        )


def constraints_of(
    request: Mapping[str, Any], definition: TaskDefinition
) -> list[Mapping[str, Any]]:
    """The constraints of a RunTask call or a service, and those of its task definition: all hold.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    own = request.get("placementConstraints") or []
    return [*own, *(definition.document.get("placementConstraints") or [])]


def kinds_and_fields(strategies: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    """The strategies as pairs; random uses no field."""
    return [
        (each["type"], "" if each["type"] == "random" else each.get("field", ""))
        for each in strategies
    ]


def spread_fields(strategies: Iterable[Mapping[str, str]]) -> list[str]:
    """The fields that the strategies spread over."""
    return [each["field"] for each in strategies if each["type"] == "spread"]


def reserve(instance: ContainerInstance, task: Task) -> None:
    """Take what the task needs from the instance."""
    needs = task.definition.needs
    instance.tasks[task.id] = task
    instance.used_cpu += needs.cpu_units
    instance.used_memory += needs.memory_mib
    instance.used_gpus += needs.gpus
    instance.used_interfaces += needs.network_interfaces
    host_ports.reserve(instance, needs)


def release(instance: ContainerInstance, task: Task) -> None:
    """Give back all that the task held, dynamic host ports included."""
    if instance.tasks.pop(task.id, None) is None:
        return
    needs = task.definition.needs
    instance.used_cpu -= needs.cpu_units
    instance.used_memory -= needs.memory_mib
    instance.used_gpus -= needs.gpus
    instance.used_interfaces -= needs.network_interfaces
    bindings = [each for container in task.containers for each in container.network_bindings]
    host_ports.release(instance, needs, bindings)
