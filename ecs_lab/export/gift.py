"""Questions as GIFT, Moodle's plain text format.

Ordering questions have no form in GIFT and are left out.

Source: https://docs.moodle.org/en/GIFT_format
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ecs_lab.export.moodle_xml import CATEGORY, fraction
from ecs_lab.quiz.model import MATCHING, ORDERING, Question, Topic


def document(topics: Iterable[Topic]) -> str:
    """The whole file."""
    parts = []
    for topic in topics:
        parts.append(f"$CATEGORY: {CATEGORY}/{topic.title.replace('/', '//')}")
        parts += [_question(each) for each in topic.questions if each.kind != ORDERING]
    return "\n\n".join(parts) + "\n"


def _question(question: Question) -> str:
    case = f"{question.case.text} " if question.case else ""
    stem = escaped(f"{case}{question.stem} {question.instruction}".strip())
    sources = escaped(f"Source (read {question.as_of}): {' '.join(question.sources)}")
    answers = _pairs(question) if question.kind == MATCHING else _options(question)
    lines = "\n".join(f"  {answer}" for answer in answers)
    return f"::{escaped(question.id)}::[plain]{stem} {{\n{lines}\n  ####{sources}\n}}"


def _options(question: Question) -> list[str]:
    return [
        f"{_sign(question, fraction(question, option), correct=option.correct)}"
        f"{escaped(option.text)}#{escaped(option.why)}"
        for option in question.options
    ]


def _sign(question: Question, percent: str, *, correct: bool) -> str:
    if question.select > 1:
        return f"~%{percent}%"
    return "=" if correct else "~"


def _pairs(question: Question) -> list[str]:
    pairs = [f"={escaped(o.text)} -> {escaped(o.match)}" for o in question.options]
    return [*pairs, *(f"= -> {escaped(other)}" for other in question.others)]


def escaped(text: str) -> str:
    r"""Text in which GIFT's own signs are text.

    >>> print(escaped("a {b} = c:d #1 ~"))
    a \{b\} \= c\:d \#1 \~
    """
    return " ".join(re.sub(r"([\\~=#{}:])", r"\\\1", text).split())
