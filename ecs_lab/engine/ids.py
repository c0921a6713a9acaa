"""Identifiers as AWS makes them, from one seeded source: the same seed gives the same ids."""

from __future__ import annotations

from random import Random


class Ids:
    """A source of identifiers and of the engine's few random choices.

    >>> Ids(seed=1).hex(8) == Ids(seed=1).hex(8)
    True
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def hex(self, length: int) -> str:
        """`length` hexadecimal digits, as in a task's id (32 of them)."""
        return f"{self.random.getrandbits(4 * length):0{length}x}"

    def uuid(self) -> str:
        """A UUID in its usual form, as in a container's ARN or an attachment's id."""
        digits = self.hex(32)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def deployment(self) -> str:
        """A service deployment's id: `ecs-svc/` and 19 digits."""
        return f"ecs-svc/{self.random.randrange(10**18, 10**19)}"
