"""Whether packets get from place to place, remembered until something in the account changes."""

from __future__ import annotations

from collections.abc import Callable

from ecs_lab.aws import network
from ecs_lab.aws.memory import Memory
from ecs_lab.aws.network import Obstacle, Place
from ecs_lab.runtime.inside import UnreachableError


class Ways:
    """Obstacles by source, destination, port and protocol, and places by what they are of."""

    def __init__(self) -> None:
        self._obstacles, self._places = Memory(), Memory()

    def obstacle(
        self, changes: int, source: Place, destination: Place, port: int, protocol: str = "tcp"
    ) -> Obstacle | None:
        """What is in the way; `changes` counts the account's changes so far."""
        leg = source, destination, port, protocol
        return self._obstacles.once(changes, leg, lambda: network.obstacle(*leg))

    def place(self, changes: int, key: object, find: Callable[[], Place]) -> Place:
        """The place that `find` finds, looked for once until something changes; by `key`."""
        return self._places.once(changes, key, find)


def timed_out(where: str, obstacle: Obstacle) -> UnreachableError:
    """The error of a client whose packets are lost on the way."""
    return UnreachableError(f"{where}: connection timed out. {obstacle.sentence}")


def refused(where: str, why: str) -> UnreachableError:
    """The error of a client that is told at once that nobody listens."""
    return UnreachableError(f"{where}: connection refused. {why}")
