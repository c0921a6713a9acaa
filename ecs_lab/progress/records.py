"""The records that a learner's progress is made of.

Each has an `id` and the time `at` which it was made or last changed (ISO 8601, UTC). Of two records
with one id, the later stands. Answers and events are never changed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def now() -> str:
    """The present moment: `2026-11-26T11:08:00.123+00:00`."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def new_id() -> str:
    """An id that no other record has, whichever machine it was made on."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records have."""

    at: str = field(default_factory=now)
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Answer(Record):
    """One question, answered once.

    `seconds` is how long it was on show, `mode` is "practice" or the kind of exam, `sitting` the id
    of the sitting it was given in, and `chosen` what was answered: places of options in the order
    of the question's file, so that it can be read without knowing how they were shuffled.
    """

    question: str
    correct: bool
    seconds: float = 0.0
    mode: str = "practice"
    sitting: str = ""
    chosen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sitting(Record):
    """A session of questions, which can be left and taken up again.

    `plan` says once and for all which questions it has (`{"questions": [ids], "seed": 7, ...}`),
    `state` what changes (`{"position": 3, "drafts": {...}}`); what is in them is up to the `kind`:
    "practice", or one of the exams. `exam` is an exam's code, `ended` empty while it is open.
    """

    kind: str
    title: str
    plan: dict[str, Any]
    state: dict[str, Any] = field(default_factory=dict)
    exam: str = ""
    begun: str = field(default_factory=now)
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Flag(Record):
    """A question marked to be looked at again; its id is the question's."""

    id: str
    up: bool = True


@dataclass(frozen=True, slots=True)
class Event(Record):
    """One thing that happened with an exercise.

    `kind` is "attempt", "hint" or "solution"; `number` is the points earned, or which hint it was.
    """

    exercise: str
    kind: str
    number: int = 0
    possible: int = 0
