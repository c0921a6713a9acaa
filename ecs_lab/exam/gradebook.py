"""The score of a mock exam for a gradebook."""

from __future__ import annotations

from typing import Any

from ecs_lab.exam.scoring import ESTIMATE
from ecs_lab.exam.sitting import Sitting
from ecs_lab.export import scores
from ecs_lab.export.scores import Item


def items(sitting: Sitting) -> list[Item]:
    """A point for each question that counts, and was right."""
    found = []
    for index, item in enumerate(sitting.items):
        if sitting.counts(index):
            verdict = sitting.verdict(index)
            told = "" if verdict.correct else f"Read again: {item.question.lesson}"
            found.append(Item(item.question.id, int(verdict.correct), 1, told))
    return found


def as_data(sitting: Sitting, kind: str) -> dict[str, Any]:
    """The score in a format: gradescope, classroom50 or json. Raises `NotInRunnerError`."""
    result = sitting.result
    note = f"{sitting.record.title}: about {result.scaled} of 1000. {ESTIMATE}"
    about = {
        "exam": sitting.record.exam,
        "mode": sitting.mode.value,
        "begun": sitting.record.begun,
        "ended": sitting.record.ended,
        "estimated_score": result.scaled,
        "pass_score": result.pass_score,
    }
    return scores.written(kind, items(sitting), [note], about)
