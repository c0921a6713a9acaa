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
from typing import Any

from ecs_lab.engine.ids import Ids
from ecs_lab.engine.model import ContainerInstance, Needs, Task

SERVICE_DEFAULT: Sequence[Mapping[str, str]] = (
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "spread", "field": "instanceId"},
)
"""How a service's tasks are placed when nothing else is asked for: fewest in the zone, then fewest
on the instance.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

CLOSEST = {
    "AGENT": 'encountered error "AGENT".',
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "RESOURCE:ENI": 'encountered error "RESOURCE:ENI".',
    "RESOURCE:GPU": 'encountered error "RESOURCE:GPU".',
    "ATTRIBUTE": "is missing an attribute required by your task.",
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
    if field_name in ("instanceId", "host"):
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
    if not needs.tcp_ports.isdisjoint(instance.used_tcp | instance.reserved_tcp):
        return "RESOURCE:PORTS"
    if not needs.udp_ports.isdisjoint(instance.used_udp | instance.reserved_udp):
        return "RESOURCE:PORTS"
    if needs.network_interfaces > instance.interface_slots - instance.used_interfaces:
        return "RESOURCE:ENI"
    return None


def conflict(
    instance: ContainerInstance,
    constraints: Sequence[Mapping[str, Any]],
    neighbours: Neighbours,
    zones: frozenset[str],
) -> str | None:
    """Step 2: which constraint the instance breaks, or None; `zones` are those of an awsvpc task's
    subnets.
    """
    if zones and instance.zone not in zones:
        return "LOCATION"
    distinct = any(each["type"] == "distinctInstance" for each in constraints)
    if distinct and neighbours.per_instance[instance.id]:
        return "DISTINCT_INSTANCE"
    return None


def rank(
    instance: ContainerInstance,
    strategies: Sequence[Mapping[str, str]],
    neighbours: Neighbours,
    ids: Ids,
) -> tuple[float, ...]:
    """Step 3: where the instance stands; the smallest comes first. Each strategy settles the ties
    of those before.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
    """
    standing: list[float] = []
    for strategy in strategies:
        kind, name = strategy["type"], strategy.get("field", "")
        if kind == "random":
            standing.append(ids.random.random())
        elif kind == "binpack":
            standing.append(instance.free_cpu if name.lower() == "cpu" else instance.free_memory)
        else:
            standing.append(neighbours.per_value[name][spread_value(instance, name)])
    return tuple(standing)


@dataclass(slots=True)
class Refusal:
    """Why one instance was not taken: AWS's reason, and the instance."""

    instance: ContainerInstance
    reason: str


def choose(
    instances: Iterable[ContainerInstance],
    needs: Needs,
    constraints: Sequence[Mapping[str, Any]],
    strategies: Sequence[Mapping[str, str]],
    neighbours: Neighbours,
    zones: frozenset[str],
    ids: Ids,
) -> tuple[ContainerInstance | None, list[Refusal]]:
    """Step 4: the best instance for one more task, or None with the reason for each instance that
    was refused.
    """
    best: ContainerInstance | None = None
    best_standing: tuple[float, ...] = ()
    refusals: list[Refusal] = []
    for instance in instances:
        reason = shortage(instance, needs) or conflict(instance, constraints, neighbours, zones)
        if reason is not None:
            refusals.append(Refusal(instance, reason))
            continue
        standing = rank(instance, strategies, neighbours, ids)
        if best is None or standing < best_standing:
            best, best_standing = instance, standing
    return best, refusals


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
    instance.used_tcp |= needs.tcp_ports
    instance.used_udp |= needs.udp_ports
    instance.used_interfaces += needs.network_interfaces


def release(instance: ContainerInstance, task: Task) -> None:
    """Give back all that the task held, dynamic host ports included."""
    if instance.tasks.pop(task.id, None) is None:
        return
    needs = task.definition.needs
    bindings = [binding for each in task.containers for binding in each.network_bindings]
    instance.used_cpu -= needs.cpu_units
    instance.used_memory -= needs.memory_mib
    instance.used_gpus -= needs.gpus
    instance.used_tcp -= needs.tcp_ports | {
        b["hostPort"] for b in bindings if b["protocol"] == "tcp"
    }
    instance.used_udp -= needs.udp_ports | {
        b["hostPort"] for b in bindings if b["protocol"] == "udp"
    }
    instance.used_interfaces -= needs.network_interfaces


def dynamic_host_port(instance: ContainerInstance, protocol: str) -> int:
    """A free port of the dynamic range, taken for a container with host port 0.

    The agent reads the range from the kernel; AWS's guide shows 32768-61000.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
    """
    used = instance.used_tcp if protocol == "tcp" else instance.used_udp
    port = next(each for each in range(32768, 61001) if each not in used)
    used.add(port)
    return port
