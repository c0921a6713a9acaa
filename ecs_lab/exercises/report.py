"""Report: what came out of checking an exercise, the same for notebook, terminal, pytest, batch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Literal

Status = Literal["passed", "missed", "not reached", "broken"]
"""`broken` means that the check itself failed: a fault of the course, not of the learner."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of one check; `points` are the points earned."""

    id: str
    title: str
    status: Status
    points: int
    possible: int
    expected: str = ""
    found: str = ""
    why: str = ""
    see: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check found what it looks for."""
        return self.status == "passed"


@dataclass(frozen=True)
class Report:
    """The results of an exercise's checks, in their order."""

    exercise: str
    title: str
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(result.passed for result in self.results)

    @property
    def points(self) -> int:
        """Points earned."""
        return sum(result.points for result in self.results)

    @property
    def possible(self) -> int:
        """Points that can be earned."""
        return sum(result.possible for result in self.results)

    @property
    def broken(self) -> tuple[Result, ...]:
        """The checks that failed by a fault of their own."""
        return tuple(result for result in self.results if result.status == "broken")

    def to_json(self) -> dict[str, Any]:
        """The report as plain data, for files and other programs."""
        return {
            "exercise": self.exercise,
            "title": self.title,
            "passed": self.passed,
            "points": self.points,
            "possible": self.possible,
            "checks": [asdict(result) for result in self.results],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        """The report of which `to_json` made this."""
        return cls(
            data["exercise"], data["title"], tuple(Result(**item) for item in data["checks"])
        )

    @property
    def headline(self) -> str:
        """One sentence: how many points, and what to do next."""
        score = f"{self.points} of {self.possible} points"
        if self.passed:
            return f'Passed, {score}. lab.solution("{self.exercise}") shows the worked solution.'
        if self.broken:
            return f"{score}. A check of the course is broken: please report it, it is not you."
        return f'Not yet, {score}. lab.hint("{self.exercise}") gives a hint.'

    def __str__(self) -> str:
        lines = [f"{self.exercise}: {self.title}"]
        for result in self.results:
            lines.append(f"  {result.status:11}  {result.points}/{result.possible}  {result.title}")
            lines += [f"               {name}: {text}" for name, text in feedback(result)]
        return "\n".join([*lines, self.headline])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows = "".join(map(_row, self.results))
        return (
            f"{_STYLE}<table class='ecs-lab-report'><caption>{escape(self.title)}: "
            f"{escape(self.headline)}</caption><thead><tr><th scope='col'>Check</th>"
            "<th scope='col'>Result</th><th scope='col'>Points</th>"
            f"<th scope='col'>Feedback</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def feedback(result: Result) -> list[tuple[str, str]]:
    """The (name, text) lines of feedback that a result has."""
    names = ("expected", "found", "why", "see")
    return [(name, text) for name in names if (text := getattr(result, name))]


def _row(result: Result) -> str:
    lines = "".join(f"<div><b>{name}:</b> {escape(text)}</div>" for name, text in feedback(result))
    kind = result.status.replace(" ", "-")
    return (
        f"<tr class='{kind}'><th scope='row'>{escape(result.title)}</th>"
        f"<td>{_SIGN[result.status]} {result.status}</td>"
        f"<td>{result.points} of {result.possible}</td><td>{lines}</td></tr>"
    )


_SIGN: dict[Status, str] = {"passed": "✓", "missed": "✗", "not reached": "–", "broken": "!"}

# JupyterLab's own colours where there are any, so that both of its themes are right; elsewhere
# the system's. Status is told by sign and word, colour only adds to it.
_STYLE = """<style>
.ecs-lab-report { border-collapse: collapse; text-align: left; color: inherit; }
.ecs-lab-report caption { text-align: left; font-weight: 600; padding: .4em 0; color: inherit; }
.ecs-lab-report :is(th, td) { text-align: left !important; vertical-align: top; padding: .3em .7em;
  border-bottom: 1px solid var(--jp-border-color1, #8886); font-weight: normal; }
.ecs-lab-report thead th { font-weight: 600; }
.ecs-lab-report tr td:first-of-type { border-left: 4px solid #8888; white-space: nowrap; }
.ecs-lab-report tr.passed td:first-of-type { border-left-color: #2e9e4f; }
.ecs-lab-report tr.missed td:first-of-type { border-left-color: #d9480f; }
.ecs-lab-report tr.broken td:first-of-type { border-left-color: #9c36b5; }
</style>"""
