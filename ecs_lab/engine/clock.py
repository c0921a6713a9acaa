"""Virtual time: one clock and the queue of what is due.

Nothing runs in the background. Time moves only when somebody calls `advance` or `settle`, and then
every event that falls due happens in order of its time; events of the same moment happen in the
order they were scheduled [the idea is SimPy's]. An event is a function at module level or a bound
method with plain arguments, so that a whole simulation can be copied or stored.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(order=True, slots=True)
class Event:
    """Something that will happen at `at_s` (seconds since the epoch) unless it is cancelled."""

    at_s: float
    sequence: int
    action: Callable[..., Any] = field(compare=False)
    args: tuple[Any, ...] = field(compare=False)
    background: bool = field(compare=False, default=False)
    cancelled: bool = field(compare=False, default=False)


class Clock:
    """A clock that stands still until it is told to move; `now` is in seconds since the epoch.

    >>> clock = Clock(start_s=0.0)
    >>> heard = []
    >>> _ = clock.schedule(5, heard.append, "five")
    >>> _ = clock.schedule(2, heard.append, "two")
    >>> clock.advance(10)
    >>> heard, clock.now
    (['two', 'five'], 10.0)
    """

    def __init__(self, start_s: float) -> None:
        self.now = start_s
        self._queue: list[Event] = []
        self._scheduled = 0
        self._pending = 0

    def schedule(
        self, delay_s: float, action: Callable[..., Any], *args: Any, background: bool = False
    ) -> Event:
        """Let `action(*args)` happen `delay_s` seconds from now; `background` events never hold up
        `settle`.
        """
        self._scheduled += 1
        event = Event(self.now + max(0.0, delay_s), self._scheduled, action, args, background)
        heapq.heappush(self._queue, event)
        self._pending += not background
        return event

    def cancel(self, event: Event | None) -> None:
        """Take an event back; one that has happened, or None, is left alone."""
        if event is not None and not event.cancelled:
            event.cancelled = True
            self._pending -= not event.background

    def advance(self, seconds: float) -> None:
        """Move `seconds` on, letting everything happen that falls due on the way."""
        if seconds < 0:
            raise ValueError(
                f"time cannot go back: asked to move {seconds} s; give 0 or more seconds"
            )
        until_s = self.now + seconds
        while self._queue and self._queue[0].at_s <= until_s:
            self._happen()
        self.now = until_s

    def settle(self, limit_s: float) -> float:
        """Move on until nothing but background events is left, `limit_s` seconds at most; returns
        the seconds moved.
        """
        start_s, until_s = self.now, self.now + limit_s
        while self._pending and self._queue and self._queue[0].at_s <= until_s:
            self._happen()
        if self._pending:
            self.now = until_s
        return self.now - start_s

    @property
    def pending(self) -> int:
        """How many events, background ones left out, are still to happen."""
        return self._pending

    @property
    def next_event_at_s(self) -> float | None:
        """When the next event happens, or None when nothing is scheduled."""
        while self._queue and self._queue[0].cancelled:
            heapq.heappop(self._queue)
        return self._queue[0].at_s if self._queue else None

    def _happen(self) -> None:
        event = heapq.heappop(self._queue)
        if event.cancelled:
            return
        event.cancelled = True
        self._pending -= not event.background
        self.now = max(self.now, event.at_s)
        event.action(*event.args)
