"""A bar for what takes long: a widget in a notebook, a line in a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import TracebackType
from typing import Any, Protocol, Self

PATIENCE_S = 1.0
"""How long something may take before a bar appears."""


class _Bar(Protocol):
    def show(self, done: int, total: int) -> None:
        """Show so much of the whole."""

    def close(self) -> None:
        """Take the bar away."""


class Progress:
    """Shows how far something is, once it has taken a second.

    >>> with Progress("requests") as bar:
    ...     bar.show(1, 10)
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._since_s = time.monotonic()
        self._bar: _Bar | None = None

    def show(self, done: int, total: int) -> None:
        """Say how much is done; shown only while there is more to do."""
        if self._bar is None:
            if done >= total or time.monotonic() - self._since_s < PATIENCE_S:
                return
            self._bar = _made(self._what)
        self._bar.show(done, total)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()


_places: list[Callable[[int, int], None]] = []


@contextmanager
def shown_in(place: Callable[[int, int], None]) -> Iterator[None]:
    """Within this, a bar is not made anew but shown by `place`, which takes how much is done of how
    much: in a panel that runs what takes long.
    """
    _places.append(place)
    try:
        yield
    finally:
        _places.pop()


def _made(what: str) -> _Bar:
    if _places:
        return _Elsewhere(_places[-1])
    if "ipykernel" in sys.modules:
        return _Widget(what)
    return _Line(what) if sys.stderr.isatty() else _Silence()


class _Elsewhere:
    """A bar in somebody's panel."""

    def __init__(self, place: Callable[[int, int], None]) -> None:
        self._place = place

    def show(self, done: int, total: int) -> None:
        self._place(done, total)

    def close(self) -> None:
        """The panel takes it away."""


class _Widget:
    """ipywidgets' own bar, which has a label for screen readers."""

    def __init__(self, what: str) -> None:
        from IPython.display import display

        self._what = what
        ipywidgets: Any = import_module("ipywidgets")
        self._bar: Any = ipywidgets.IntProgress(description=what)
        self._told: Any = ipywidgets.Label()
        self._box: Any = ipywidgets.HBox([self._bar, self._told])
        display(self._box)  # type: ignore[no-untyped-call]  # IPython has no types

    def show(self, done: int, total: int) -> None:
        self._bar.max, self._bar.value = total, done
        self._told.value = f"{done:,} of {total:,}"

    def close(self) -> None:
        self._box.close()


class _Line:
    """One line of a terminal, written over and over."""

    def __init__(self, what: str) -> None:
        self._what = what

    def show(self, done: int, total: int) -> None:
        sys.stderr.write(f"\r{done:,} of {total:,} {self._what}")
        sys.stderr.flush()

    def close(self) -> None:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


class _Silence:
    """Output that nobody watches as it comes."""

    def show(self, done: int, total: int) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""
