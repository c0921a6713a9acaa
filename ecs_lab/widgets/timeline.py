"""What happened in a lab as a chart that is a table: a row for each task, with its states as bars,
and for each event of a service, deployment or instance.

    >>> line = {"at": 0.0, "kind": "task", "subject": "arn:aws:ecs:task/shop/7c65c1e582e2"}
    >>> line |= {"name": "web", "what": "PENDING -> RUNNING"}
    >>> print(Timeline([line], now=60.0))
    Tasks, 00:00:00 to 00:01:00
    Task | In words
    7c65c1e5 web | RUNNING 00:00:00
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ecs_lab.widgets.nodes import Node, element, to_html, to_text
from ecs_lab.widgets.panel import style

Line = dict[str, Any]

MOST_TASKS, MOST_EVENTS = 24, 24
"""How many rows are shown; the newest are."""

_LOOKS = {"RUNNING": "running", "DEACTIVATING": "stopping", "STOPPING": "stopping",
          "DEPROVISIONING": "stopping"}  # fmt: skip
_STATE = re.compile(r"(?:[A-Z_]+ -> )?([A-Z_]+)")
_ID = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24}\b")
_SERVICE = re.compile(r"^\(service [^)]*\) ")


@dataclass(slots=True)
class Life:
    """One task: its states, each with the second in which it began."""

    subject: str
    name: str
    states: list[tuple[float, str]] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether it is over."""
        return self.states[-1][1] in ("STOPPED", "DELETED")


class Timeline(list[Line]):
    """The lines of a lab's history, which show themselves as a chart; see `Lab.timeline`.

    `now` is where the chart ends (epoch seconds); `revisions` says, by ARN, of which task
    definition's revision a task is.
    """

    def __init__(
        self, lines: Iterable[Line], now: float, revisions: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(lines)
        self.now = now
        self._revisions = revisions or {}

    def nodes(self) -> list[Node]:
        """The chart, as a board shows it."""
        lives, events = self._lives(), [line for line in self if line["kind"] != "task"]
        if not lives and not events:
            return [element("p", "Nothing has happened yet.")]
        shown = lives[-MOST_TASKS:]
        since = shown[0].states[0][0] if shown else events[0]["at"]
        span = _Span(since, max(self.now, since + 1.0))
        recent = [line for line in events if line["at"] >= since][-MOST_EVENTS:]
        left_out = len(lives) - len(shown)
        parts = [self._tasks(shown, span, left_out)] if shown else []
        parts += [self._events(recent, span)] if recent else []
        return [element("figure", *parts)]

    def _tasks(self, lives: list[Life], span: _Span, left_out: int) -> Node:
        without = f", without {left_out} earlier ones" if left_out else ""
        caption = f"Tasks, {_clock(span.start)} to {_clock(span.end)}{without}"
        return _chart(caption, "Task", span, [self._task(life, span) for life in lives])

    def _task(self, life: Life, span: _Span) -> Node:
        ends = [at for at, _ in life.states[1:]] + [span.end]
        bars = [
            span.bar(at, end, state, _LOOKS.get(state, "starting"))
            for (at, state), end in zip(life.states, ends, strict=True)
            if not (life.stopped and at == life.states[-1][0])
        ]
        name = f"{short(life.subject)} {self._revisions.get(life.subject, life.name)}"
        words = ", ".join(f"{state} {_clock(at)}" for at, state in life.states)
        return _row(name, bars, words)

    def _events(self, lines: list[Line], span: _Span) -> Node:
        rows = [
            _row(f"{line['kind']} {line['name']}", [span.mark(line["at"])],
                 f"{_clock(line['at'])} {readable(line['what'])}")
            for line in lines
        ]  # fmt: skip
        return _chart("Events", "Of what", span, rows)

    def _lives(self) -> list[Life]:
        """The tasks, in the order in which they began."""
        lives: dict[str, Life] = {}
        for line in self:
            state = _STATE.fullmatch(line["what"])
            if line["kind"] == "task" and state:
                life = lives.setdefault(line["subject"], Life(line["subject"], line["name"]))
                life.states.append((line["at"], state[1]))
        return list(lives.values())

    def __repr__(self) -> str:
        return to_text(self.nodes())

    def _repr_html_(self) -> str:
        inside = to_html(self.nodes())
        sheet = style("board")
        return f'<style>{sheet}</style><div class="ecs-lab-panel ecs-lab-board">{inside}</div>'


@dataclass(frozen=True, slots=True)
class _Span:
    """From when to when a chart goes."""

    start: float
    end: float

    def bar(self, start: float, end: float, label: str, look: str) -> Node:
        """From one second to another."""
        left, width = self._percent(start), self._percent(end) - self._percent(start)
        where = f"left: {left:.2f}%; width: {width:.2f}%"
        return element("span", label, class_=f"bar {look}", style=where, title=label)

    def mark(self, at: float) -> Node:
        """One moment."""
        where = f"left: calc({self._percent(at):.2f}% - 2px)"
        return element("span", class_="bar event", style=where)

    def _percent(self, at: float) -> float:
        return 100 * (min(max(at, self.start), self.end) - self.start) / (self.end - self.start)


def _chart(caption: str, of: str, span: _Span, rows: list[Node]) -> Node:
    ends = (element("span", _clock(at)) for at in (span.start, span.end))
    axis = element("th", element("div", *ends, class_="axis"), class_="chart", aria_hidden="true")
    heads = element(
        "tr", element("th", of, scope="col"), axis, element("th", "In words", scope="col")
    )
    return element(
        "table", element("caption", caption), element("thead", heads), element("tbody", *rows)
    )


def _row(name: str, bars: list[Node], words: str) -> Node:
    lane = element("span", *bars, class_="lane")
    return element(
        "tr",
        element("th", name, scope="row"),
        element("td", lane, class_="chart", aria_hidden="true"),
        element("td", words),
    )


def short(arn: str) -> str:
    """What people call something with such an ARN: the first eight digits of a task's id.

    >>> short("arn:aws:ecs:us-east-1:123456789012:task/shop/7c65c1e582e2e662f728b4fa42485e3a")
    '7c65c1e5'
    """
    return arn.rpartition("/")[2][:8]


def readable(event: str) -> str:
    """An event without the service that it begins with, and with short ids.

    >>> readable("(service web) has reached a steady state.")
    'has reached a steady state.'
    """
    return _ID.sub(r"\1", _SERVICE.sub("", event))


def _clock(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%H:%M:%S}"
