"""Whether packets get from place to place, remembered until something in the account changes."""

from __future__ import annotations

from ecs_lab.aws import network
from ecs_lab.aws.network import Obstacle, Place
from ecs_lab.runtime.inside import UnreachableError

MOST_REMEMBERED = 50_000
Leg = tuple[Place, Place, int, str]


class Ways:
    """Obstacles by source, destination, port and protocol; a copy begins with none."""

    def __init__(self) -> None:
        self._known: dict[Leg, Obstacle | None] = {}
        self._changes = -1

    def __deepcopy__(self, memo: object) -> Ways:
        return Ways()

    def __reduce__(self) -> tuple[type[Ways], tuple[()]]:
        return Ways, ()

    def obstacle(
        self, changes: int, source: Place, destination: Place, port: int, protocol: str = "tcp"
    ) -> Obstacle | None:
        """What is in the way; `changes` counts the account's changes so far."""
        if changes != self._changes or len(self._known) > MOST_REMEMBERED:
            self._known.clear()
            self._changes = changes
        leg = source, destination, port, protocol
        if leg not in self._known:
            self._known[leg] = network.obstacle(source, destination, port, protocol)
        return self._known[leg]


def timed_out(where: str, obstacle: Obstacle) -> UnreachableError:
    """The error of a client whose packets are lost on the way."""
    return UnreachableError(f"{where}: connection timed out. {obstacle.sentence}")


def refused(where: str, why: str) -> UnreachableError:
    """The error of a client that is told at once that nobody listens."""
    return UnreachableError(f"{where}: connection refused. {why}")
