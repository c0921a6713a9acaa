"""What came of a load: how many requests, answered by whom, with which status, how fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

PERCENTILES = (50, 90, 99)
Row = Sequence[Any]


@dataclass(slots=True)
class LoadReport:
    """The counts of a load test; `seconds` are those of virtual time that it lasted.

    >>> report = LoadReport("http://web/")
    >>> report.add([(200, "arn:task/shop/3f2a", "us-east-1a", "web:1", 0.2, "")], 1.0)
    >>> report.by_status, report.latency_s(99)
    (Counter({200: 1}), 0.2)
    """

    url: str
    seconds: float = 0.0
    by_status: Counter[int] = field(default_factory=Counter)
    by_task: Counter[str] = field(default_factory=Counter)
    by_zone: Counter[str] = field(default_factory=Counter)
    by_revision: Counter[str] = field(default_factory=Counter)
    unreachable: Counter[str] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    interrupted: bool = False

    def add(self, rows: Sequence[Row], seconds: float) -> None:
        """Count these requests, which took `seconds` together."""
        self.seconds += seconds
        for status, task, zone, revision, took_s, why in rows:
            if why:
                self.unreachable[why] += 1
                continue
            self.by_status[status] += 1
            self.latencies_s.append(took_s)
            for counter, value in (
                (self.by_task, task),
                (self.by_zone, zone),
                (self.by_revision, revision),
            ):
                if value:
                    counter[value] += 1

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return sum(self.by_status.values()) + sum(self.unreachable.values())

    def latency_s(self, percentile: float) -> float:
        """The seconds that so many percent of the answers took at most; 0 without any."""
        ordered = sorted(self.latencies_s)
        if not ordered:
            return 0.0
        return ordered[min(len(ordered) - 1, int(len(ordered) * percentile / 100))]

    def _rows(self) -> Iterator[tuple[str, str, int]]:
        for title, counter in (
            ("status", self.by_status),
            ("task", self.by_task),
            ("zone", self.by_zone),
            ("revision", self.by_revision),
            ("no answer", self.unreachable),
        ):
            for name, count in sorted(counter.items(), key=lambda each: str(each[0])):
                yield title, str(name), count

    def __str__(self) -> str:
        fast = ", ".join(f"p{each} {self.latency_s(each):.3f} s" for each in PERCENTILES)
        end = ", interrupted" if self.interrupted else ""
        return f"{self.sent:,} requests in {self.seconds:,.0f} s{end}; latency {fast}"

    def __repr__(self) -> str:
        rows = [f"  {title:9}  {count:8,}  {name}" for title, name, count in self._rows()]
        return "\n".join([str(self), *rows])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row'>{title}</th><td>{escape(name)}</td><td>{count:,}</td></tr>"
            for title, name, count in self._rows()
        )
        return (
            f"<table><caption>{escape(self.url)}: {escape(str(self))}</caption><thead><tr>"
            "<th scope='col'>By</th><th scope='col'>Which</th><th scope='col'>Requests</th>"
            f"</tr></thead><tbody>{rows}</tbody></table>"
        )
