"""Who a key is, and what policies they have, remembered until something in the account changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

Found = TypeVar("Found")


class Rights:
    """What was found out, by key; a copy begins with nothing, because it has an account of its
    own.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, object] = {}
        self._changes = -1

    def __deepcopy__(self, memo: object) -> Rights:
        return Rights()

    def __reduce__(self) -> tuple[type[Rights], tuple[()]]:
        return Rights, ()

    def once(self, changes: int, key: Hashable, find: Callable[[], Found]) -> Found:
        """What `find` finds, looked for once until something changes; `changes` counts the
        account's changes so far.
        """
        if changes != self._changes:
            self._known.clear()
            self._changes = changes
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]  # type: ignore[return-value] # what this key's `find` gave
