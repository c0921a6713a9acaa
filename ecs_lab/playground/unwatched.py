"""A playground that nobody looks at: it plays only when code asks it something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Unwatched:
    """Stands for the board that `make` makes, which takes seconds that a grader need not spend.

    >>> Unwatched(lambda: "a board")
    a playground, not played because nobody looks at it
    >>> Unwatched(lambda: "a board").upper()
    'A BOARD'
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what a display asks for
            raise AttributeError(name)
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)

    def __repr__(self) -> str:
        return "a playground, not played because nobody looks at it"
