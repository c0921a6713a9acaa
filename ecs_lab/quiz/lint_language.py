"""Whether a question is in plain words: short sentences, ordinary words.

Readers whose first language is not English sit these exams too. The measure of a whole text is LIX
(words a sentence, plus the percentage of words longer than six letters); it counts no syllables, so
it needs no dictionary. AWS's own names, code and numbers do not count as long words.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ecs_lab.coursefile import Problem
from ecs_lab.quiz.lint_items import problem
from ecs_lab.quiz.model import Question

LONGEST_SENTENCE = 30
"""Words; AWS's exams stay mostly below."""
HARDEST = 55.0
"""LIX of a question's text: 40 is a newspaper, above 55 scientific prose."""

_SENTENCE = re.compile(r"(?<=[.!?:;])\s+")
_WORD = re.compile(r"[^\W_][\w'’-]*")
_NAME = re.compile(r"[A-Z]|\d|[_./:=\"]")


def plain(question: Question) -> Iterator[Problem]:
    """Faults of a question's language."""
    text = question.stem
    for sentence in _SENTENCE.split(text):
        if (count := len(_WORD.findall(sentence))) > LONGEST_SENTENCE:
            yield problem(
                question, "stem", f"sentences of at most {LONGEST_SENTENCE} words",
                f"{count} words in {sentence[:40]!r}...", "Make two of it.",
            )  # fmt: skip
    if (score := lix(text)) > HARDEST:
        yield problem(
            question, "stem", f"plain language (LIX at most {HARDEST:.0f})", f"{score:.0f}",
            "Use shorter sentences and words.",
        )  # fmt: skip
    everything = " ".join([text, *(f"{o.text} {o.why}" for o in question.options)])
    for found in _hard_words().findall(everything):
        yield problem(question, "stem", "ordinary words", repr(found),
                      f"Say {_plain_words()[found.casefold()]!r}.")  # fmt: skip


def lix(text: str) -> float:
    """Words a sentence plus the percentage of long words.

    >>> round(lix("A task runs. A service keeps two of them."))
    16
    """
    sentences = [part for part in _SENTENCE.split(text) if _WORD.search(part)]
    words = text.split()
    long = [word for word in words if len(word.strip(".,;:?!()")) > 6 and not _NAME.search(word)]
    return len(words) / max(1, len(sentences)) + 100 * len(long) / max(1, len(words))


@cache
def _plain_words() -> dict[str, str]:
    with Path(__file__).with_name("plain_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["plain"] for row in csv.DictReader(file)}


@cache
def _hard_words() -> re.Pattern[str]:
    words = "|".join(map(re.escape, _plain_words()))
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
