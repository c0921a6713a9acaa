"""Whether packets get from place to place, remembered until something in the account changes."""

from __future__ import annotations

from collections.abc import Callable

from ecs_lab.aws import network
from ecs_lab.aws.network import Obstacle, Place
from ecs_lab.runtime.inside import UnreachableError

MOST_REMEMBERED = 50_000
Leg = tuple[Place, Place, int, str]


class Ways:
    """Obstacles by source, destination, port and protocol; a copy begins with none."""

    def __init__(self) -> None:
        self._known: dict[Leg, Obstacle | None] = {}
        self._places: dict[object, Place] = {}
        self._changes = -1

    def __deepcopy__(self, memo: object) -> Ways:
        return Ways()

    def __reduce__(self) -> tuple[type[Ways], tuple[()]]:
        return Ways, ()

    def obstacle(
        self, changes: int, source: Place, destination: Place, port: int, protocol: str = "tcp"
    ) -> Obstacle | None:
        """What is in the way; `changes` counts the account's changes so far."""
        self._forget_old(changes)
        leg = source, destination, port, protocol
        if leg not in self._known:
            self._known[leg] = network.obstacle(source, destination, port, protocol)
        return self._known[leg]

    def place(self, changes: int, key: object, find: Callable[[], Place]) -> Place:
        """The place that `find` finds, looked for once until something changes; by `key`."""
        self._forget_old(changes)
        if key not in self._places:
            self._places[key] = find()
        return self._places[key]

    def _forget_old(self, changes: int) -> None:
        if changes != self._changes or len(self._known) > MOST_REMEMBERED:
            self._known.clear()
            self._places.clear()
            self._changes = changes


def timed_out(where: str, obstacle: Obstacle) -> UnreachableError:
    """The error of a client whose packets are lost on the way."""
    return UnreachableError(f"{where}: connection timed out. {obstacle.sentence}")


def refused(where: str, why: str) -> UnreachableError:
    """The error of a client that is told at once that nobody listens."""
    return UnreachableError(f"{where}: connection refused. {why}")
