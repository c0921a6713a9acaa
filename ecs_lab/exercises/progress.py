"""Progress with exercises: what a learner has tried, which hints were used, and what is passed.

Each is an event in the learner's progress (`ecs_lab.progress`); how they stand follows from those.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ecs_lab.progress import Event, Store, here, using

if TYPE_CHECKING:
    from ecs_lab.exercises.report import Report


@dataclass(frozen=True)
class Standing:
    """How a learner stands with one exercise."""

    exercise: str
    attempts: int = 0
    points: int = 0
    possible: int = 0
    hints: int = 0
    first_pass: str = ""
    gave_up: bool = False

    @property
    def passed(self) -> bool:
        """Whether an attempt earned every point."""
        return bool(self.first_pass)


def attempt(report: Report) -> None:
    """Record a check of an exercise, and what it earned."""
    if _trials:
        _trials[-1].append(report)
    here().add(Event(report.exercise, "attempt", report.points, report.possible))


def hint(exercise: str, number: int) -> None:
    """Record that a hint (1, 2, ...) was read."""
    here().add(Event(exercise, "hint", number))


def solution(exercise: str) -> None:
    """Record that the solution was read before the exercise was passed."""
    here().add(Event(exercise, "solution"))


def of(exercise: str) -> Standing:
    """How the learner stands with an exercise."""
    standing = Standing(exercise)
    for event in here().all(Event, exercise=exercise):
        standing = _after(standing, event)
    return standing


_trials: list[list[Report]] = []


@contextmanager
def trial() -> Iterator[list[Report]]:
    """Within the block nothing goes into the learner's progress; gives the reports of attempts."""
    _trials.append([])
    try:
        with using(Store()):
            yield _trials[-1]
    finally:
        _trials.pop()


def _after(standing: Standing, event: Event) -> Standing:
    """The standing once the event has happened."""
    if event.kind == "hint":
        return replace(standing, hints=max(standing.hints, event.number))
    if event.kind == "solution":
        return replace(standing, gave_up=True)
    full = event.number == event.possible
    return replace(
        standing,
        attempts=standing.attempts + 1,
        points=max(standing.points, event.number),
        possible=event.possible,
        first_pass=standing.first_pass or (event.at if full else ""),
    )
