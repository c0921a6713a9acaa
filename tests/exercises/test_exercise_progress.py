"""What is remembered of exercises, and how a learner stands with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecs_lab.exercises import progress
from ecs_lab.exercises.report import Report, Result
from ecs_lab.progress import Event, Store, here, using

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def mine() -> Iterator[Store]:
    """An empty progress in memory."""
    with using(Store()) as store:
        yield store


def report(points: int, possible: int = 3, exercise: str = "made-up") -> Report:
    """A report with some of its points earned."""
    result = Result("one", "One", "passed" if points == possible else "missed", points, possible)
    return Report(exercise, "Made up", (result,))


def test_standing_follows_from_what_happened() -> None:
    """Attempts, best points, hints and the first pass are told from the events."""
    progress.attempt(report(2))
    progress.hint("made-up", 1)
    progress.hint("made-up", 2)
    progress.attempt(report(1))
    progress.attempt(report(3, exercise="other"))
    standing = progress.of("made-up")
    assert (standing.attempts, standing.points, standing.possible) == (2, 2, 3)
    assert (standing.hints, standing.passed, standing.gave_up) == (2, False, False)
    assert progress.of("other").passed


def test_first_pass_keeps_its_time() -> None:
    """Passing again, or failing later, changes nothing about having passed."""
    progress.attempt(report(3))
    first = progress.of("made-up").first_pass
    progress.attempt(report(3))
    progress.attempt(report(0))
    standing = progress.of("made-up")
    assert (standing.first_pass, standing.points, standing.passed) == (first, 3, True)
    assert first == here().all(Event)[0].at


def test_trial_run_records_nothing() -> None:
    """What happens within `trial` is given to who tries, and the learner's progress stays."""
    with progress.trial() as reports:
        progress.attempt(report(3))
        assert progress.of("made-up").passed
    assert [each.passed for each in reports] == [True]
    assert not progress.of("made-up").passed
