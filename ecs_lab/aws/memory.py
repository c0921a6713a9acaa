"""What was found out, remembered for as long as it must still be so."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

MOST_REMEMBERED = 50_000
Found = TypeVar("Found")


class Memory:
    """Findings by key. They hold at one `moment`, whatever tells moments apart, such as the count
    of changes in the account: with another one all is forgotten. A copy begins with nothing,
    because it has an account of its own.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, Any] = {}
        self._moment: Hashable = None

    def __deepcopy__(self, memo: object) -> Memory:
        return Memory()

    def __reduce__(self) -> tuple[type[Memory], tuple[()]]:
        return Memory, ()

    def of(self, moment: Hashable) -> dict[Hashable, Any]:
        """What is known at a moment, to be looked into and added to."""
        if moment != self._moment or len(self._found) > MOST_REMEMBERED:
            self._found.clear()
            self._moment = moment
        return self._found

    def once(self, moment: Hashable, key: Hashable, find: Callable[[], Found]) -> Found:
        """What `find` finds, looked for once at a moment."""
        found = self.of(moment)
        if key not in found:
            found[key] = find()
        return found[key]  # type: ignore[no-any-return] # what this key's `find` gave
