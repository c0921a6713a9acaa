"""Where a task of ECS Managed Instances goes: an instance that is there, one that boots, or a new
one.

Tasks are spread over the Availability Zones first and packed within a zone second: with a single
subnet they share instances, with several they are apart.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-auto-scaling.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ecs_lab.engine import placement
from ecs_lab.engine.machine_types import MachineType, candidates
from ecs_lab.engine.managed_machines import Launch
from ecs_lab.engine.model import CapacityProvider, Cluster, ContainerInstance, Machine, Task
from ecs_lab.engine.order import Order
from ecs_lab.engine.placement import Neighbours
from ecs_lab.engine.state import State


class Place:
    """The search for the place of one task that waits for a provider of Managed Instances."""

    def __init__(self, state: State, provider: CapacityProvider, task: Task, order: Order) -> None:
        self._state, self._provider, self._order = state, provider, order
        self._needs = task.definition.needs
        self._own = {state.surroundings.zone_of_subnet(each): each for each in order.subnets}
        self._booting = [each for each in provider.machines.values() if each.instance is None]
        self._neighbours, self._in_zone = self._company()

    def _company(self) -> tuple[Neighbours, Counter[str]]:
        """The tasks that count as company, on instances that are there or to come."""
        neighbours = self._order.neighbours()
        zones = Counter(
            each.zone for each in self._order.company if each.zone and not each.stopping
        )
        for machine in self._booting:
            for task in machine.expected.tasks.values():
                if task.group == self._order.group and not task.stopping:
                    neighbours.add(machine.expected)
                    zones[machine.expected.zone] += 1
        return neighbours, zones

    def fits(self, instance: ContainerInstance) -> bool:
        """Whether an instance, there or to come, takes the task and keeps its constraints."""
        zones = frozenset(zone for zone in self._own if zone)
        return (
            placement.shortage(instance, self._needs) is None
            and placement.conflict(instance, self._order.constraints, self._neighbours, zones)
            is None
        )

    def subnet_in(self, zone: str) -> str | None:
        """The task's own subnet in a zone: that of its network interface."""
        return self._own.get(zone)

    def zones(self) -> list[str]:
        """The zones that the task may go to, those with the fewest of its company first."""
        usable = [zone for zone in self._subnets() if not self._own or zone in self._own]
        return sorted(usable, key=lambda zone: (self._in_zone[zone], not self._packs(zone)))

    def _subnets(self) -> dict[str, str]:
        """The provider's subnets, one for each zone."""
        network = self._provider.settings["instanceLaunchTemplate"]["networkConfiguration"]
        found = {self._state.surroundings.zone_of_subnet(each): each for each in network["subnets"]}
        return {zone: subnet for zone, subnet in found.items() if zone}

    def _packs(self, zone: str) -> bool:
        return self.there(zone) is not None or self.booting(zone) is not None

    def there(self, zone: str | None = None) -> ContainerInstance | None:
        """The fullest instance (of a zone) that has room."""
        found = [
            each for each in self._order.instances if zone in (None, each.zone) and self.fits(each)
        ]
        return min(found, key=_room, default=None)

    def booting(self, zone: str) -> Machine | None:
        """The fullest machine of a zone that boots and will have room."""
        found = [m for m in self._booting if m.expected.zone == zone and self.fits(m.expected)]
        return min(found, key=lambda each: _room(each.expected), default=None)

    def new(self, zone: str) -> tuple[Launch, ContainerInstance] | None:
        """The smallest instance that could be launched in a zone for the task, and what it will be
        as a container instance.
        """
        subnet = self._subnets()[zone]
        for each in self._types():
            expected = self._expected(each, zone, subnet)
            if self.fits(expected):
                return Launch(self._provider, each, subnet), expected
        return None

    def _types(self) -> Iterator[MachineType]:
        """The types of the launch template and the task's CPU architecture: x86_64 before arm64
        where the task names none.

        AWS tries any architecture then, and does not say which one first.
        """
        template = self._provider.settings["instanceLaunchTemplate"]
        platform = self._order.definition.document.get("runtimePlatform") or {}
        asked = platform.get("cpuArchitecture")
        types = self._state.surroundings.machines.types()
        found = candidates(types, template.get("instanceRequirements"))
        for architecture in ("x86_64", "arm64"):
            if asked is None or asked.lower() == architecture:
                yield from (each for each in found if each.architecture == architecture)

    def _expected(self, machine: MachineType, zone: str, subnet: str) -> ContainerInstance:
        cluster: Cluster = self._order.cluster
        announced = dict.fromkeys(self._state.surroundings.machines.capabilities())
        attributes: dict[str, str | None] = {
            **announced,
            "ecs.availability-zone": zone,
            "ecs.cpu-architecture": machine.architecture,
            "ecs.instance-type": machine.name,
            "ecs.os-type": "linux",
            "ecs.subnet-id": subnet,
        }
        return ContainerInstance(
            id="",
            arn="",
            cluster=cluster,
            ec2_instance_id="",
            registered_at_s=self._state.clock.now,
            cpu_units=machine.vcpus * 1024,
            memory_mib=machine.linux_memory_mib,
            gpus=machine.gpus,
            reserved_tcp=frozenset(),
            reserved_udp=frozenset(),
            interface_slots=machine.task_slots,
            attributes=attributes,
            version_info={},
            launch_type="MANAGED_INSTANCES",
            capacity_provider=self._provider.name,
        )


def _room(instance: ContainerInstance) -> tuple[int, int]:
    return instance.free_cpu, instance.free_memory
