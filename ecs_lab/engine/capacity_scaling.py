"""Cluster auto scaling in numbers: how many instances a capacity provider needs, and what to do.

    CapacityProviderReservation = instances needed / instances running x 100

Target tracking keeps this at the provider's targetCapacity: 100 means that every instance is
wanted, 90 that a tenth is spare.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecs_lab.engine.model import Needs

FROM_ZERO = 2
"""Instances that are launched when there are none yet.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
"""
SCALE_IN_MINUTES = 15
"""How many minutes in a row the reservation is below its target before instances are let go.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html
"""


MOST_WAITING = 500
"""Tasks in PROVISIONING that a cluster can have.

Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
"""


@dataclass(slots=True, frozen=True)
class ManagedScaling:
    """The managed scaling settings of a capacity provider, with AWS's defaults.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html
    """

    enabled: bool = False
    target_capacity: int = 100
    minimum_step: int = 1
    maximum_step: int = 10_000
    warm_up_s: int = 300


@dataclass(slots=True)
class Room:
    """What one instance has left for tasks."""

    cpu_units: int
    memory_mib: int
    gpus: int
    interfaces: int
    ports: frozenset[tuple[str, int]] = frozenset()

    def fits(self, needs: Needs) -> bool:
        """Whether one more such task finds room."""
        return (
            needs.cpu_units <= self.cpu_units
            and needs.memory_mib <= self.memory_mib
            and needs.gpus <= self.gpus
            and needs.network_interfaces <= self.interfaces
            and self.ports.isdisjoint(_ports(needs))
        )

    def without(self, needs: Needs) -> Room:
        """The room that is left when the task is in."""
        return Room(
            self.cpu_units - needs.cpu_units,
            self.memory_mib - needs.memory_mib,
            self.gpus - needs.gpus,
            self.interfaces - needs.network_interfaces,
            self.ports | _ports(needs),
        )


def _ports(needs: Needs) -> frozenset[tuple[str, int]]:
    by_kind = (("tcp", needs.tcp_ports), ("udp", needs.udp_ports))
    return frozenset((kind, port) for kind, ports in by_kind for port in ports)


def instances_for(waiting: Iterable[Needs], empty: Room) -> int:
    """How many new instances hold the waiting tasks, packed tightly; a task that fits no empty
    instance is left out, for none would help it.

    >>> from ecs_lab.engine.model import Needs
    >>> task = Needs(512, 256, 0, frozenset(), frozenset(), 0, frozenset())
    >>> instances_for([task] * 5, Room(cpu_units=1024, memory_mib=1024, gpus=0, interfaces=2))
    3
    """
    rooms: list[Room] = []
    for needs in sorted(waiting, key=lambda each: (-each.cpu_units, -each.memory_mib)):
        place = next((i for i, room in enumerate(rooms) if room.fits(needs)), None)
        if place is not None:
            rooms[place] = rooms[place].without(needs)
        elif empty.fits(needs):
            rooms.append(empty.without(needs))
    return len(rooms)


def reservation(needed: int, running: int) -> float:
    """CapacityProviderReservation: 100 with nothing needed and nothing there, 200 where the first
    instance is still to come.

    >>> reservation(6, 4), reservation(0, 0), reservation(3, 0)
    (150.0, 100.0, 200.0)
    """
    if running == 0:
        return 200.0 if needed else 100.0
    return needed / running * 100


def scale_out(needed: int, running: int, settings: ManagedScaling) -> int:
    """How many instances to have when more are needed, within one step of the provider.

    >>> scale_out(6, 4, ManagedScaling())
    6
    >>> scale_out(6, 4, ManagedScaling(minimum_step=5))
    9
    >>> scale_out(9, 4, ManagedScaling(maximum_step=2))
    6
    >>> scale_out(7, 0, ManagedScaling())
    2
    """
    wanted = math.ceil(needed * 100 / settings.target_capacity) if running else FROM_ZERO
    step = min(max(wanted - running, settings.minimum_step), settings.maximum_step)
    return running + step


def scale_in(needed: int, running: int, settings: ManagedScaling) -> int:
    """How many instances to have in the next minute of scaling in: fewer by one at least, but by
    less than half.

    >>> scale_in(0, 10, ManagedScaling()), scale_in(9, 10, ManagedScaling())
    (6, 9)
    >>> scale_in(0, 1, ManagedScaling())
    0
    """
    wanted = math.ceil(needed * 100 / settings.target_capacity)
    fewer = max(1, math.ceil(running / 2) - 1)
    return max(wanted, running - fewer)
