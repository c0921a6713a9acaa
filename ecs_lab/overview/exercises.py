"""How a learner stands with the exercises, by notebook, and which one is next."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from ecs_lab.exercises import catalog, progress
from ecs_lab.exercises.catalog import Exercise
from ecs_lab.exercises.progress import Standing

Row = tuple[Exercise, Standing]
"""An exercise, and how the learner stands with it."""


def rows() -> list[Row]:
    """All exercises of the course, in its order."""
    return [(exercise, progress.of(exercise.id)) for exercise in catalog.load_all()]


def lines(of: list[Row]) -> list[str]:
    """By notebook: what is passed, tried and open, with points and hints used; then the sum."""
    found = []
    for notebook, group in groupby(of, key=lambda row: row[0].notebook):
        of_notebook = list(group)
        found.append(f"{notebook}: {summed(of_notebook)}")
        found += [
            f"  {_state(standing):8}  {_score(exercise, standing):>5}  {exercise.id}"
            f"{_used(standing)}"
            for exercise, standing in of_notebook
        ]
    return [*found, f"In all: {summed(of)}."]


def summed(of: list[Row]) -> str:
    """How much of some exercises is done; part of an exercise's points counts, too."""
    done = sum(standing.passed for _, standing in of)
    points = sum(_points(*row) for row in of)
    possible = sum(exercise.points for exercise, _ in of)
    return f"{done} of {len(of)} passed, {points} of {possible} points"


def next_one(of: list[Row]) -> str:
    """What to do next, and why: what was begun comes before what is new."""
    left = [row for row in of if not row[1].passed]
    if not left:
        return "All exercises passed."
    exercise, standing = next((row for row in left if row[1].attempts), left[0])
    why = f"the first that is open, in {exercise.notebook}"
    if standing.attempts:
        hints = len(exercise.hints) - standing.hints
        why = (
            f"begun, {_points(exercise, standing)} of {exercise.points} points; hints left: {hints}"
        )
    return f"Next: {exercise.id} ({exercise.title}): {why}."


def data(row: Row) -> dict[str, Any]:
    """One exercise for other programs."""
    exercise, standing = row
    return {
        "exercise": exercise.id,
        "title": exercise.title,
        "topic": exercise.topic,
        "notebook": exercise.notebook,
        "passed": standing.passed,
        "points": _points(exercise, standing),
        "possible": exercise.points,
        "attempts": standing.attempts,
        "hints": standing.hints,
        "first_pass": standing.first_pass or None,
        "solution_read": standing.gave_up,
    }


def _points(exercise: Exercise, standing: Standing) -> int:
    return min(standing.points, exercise.points)


def _state(standing: Standing) -> str:
    return "passed" if standing.passed else "tried" if standing.attempts else "open"


def _score(exercise: Exercise, standing: Standing) -> str:
    return f"{_points(exercise, standing)}/{exercise.points}"


def _used(standing: Standing) -> str:
    hints = f"hints used: {standing.hints}" if standing.hints else ""
    gave_up = "solution read" if standing.gave_up else ""
    used = ", ".join(filter(None, (hints, gave_up)))
    return f" ({used})" if used else ""
