"""Which questions a learner missed and flagged: for practice, exams and overview alike.

>>> from ecs_lab.progress import Answer, Flag, Store
>>> mine = Store()
>>> mine.add(Answer("a", False), Answer("b", True), Flag("b"))
>>> missed(mine), flagged(mine)
(['a'], ['b'])
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ecs_lab.progress import Answer, Flag, Sitting, Store

EXAM = "exam"
"""The kind of a sitting that is a mock exam."""


def missed(store: Store) -> list[str]:
    """Ids of the questions whose last answer was wrong; what an exam got blank was, too."""
    told = sorted(_told(store), key=lambda each: each[0])
    last = {question: right for _, question, right in told}
    return [question for question, right in last.items() if not right]


def flagged(store: Store, since: str = "") -> list[str]:
    """Ids of the questions whose flag is up; those that were flagged from a moment on."""
    least = datetime.fromisoformat(since) if since else None
    return [
        flag.id
        for flag in store.all(Flag)
        if flag.up and (least is None or datetime.fromisoformat(flag.at) >= least)
    ]


def _told(store: Store) -> Iterator[tuple[datetime, str, bool]]:
    """When a question turned out right or not; of one moment the blanks come first."""
    for sitting in store.all(Sitting, kind=EXAM):
        if sitting.ended:
            answered = sitting.state.get("chosen", {})
            for question in sitting.plan["questions"]:
                if question not in answered:
                    yield datetime.fromisoformat(sitting.ended), question, False
    for answer in store.all(Answer):
        yield datetime.fromisoformat(answer.at), answer.question, answer.correct
