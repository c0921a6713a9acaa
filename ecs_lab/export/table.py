"""Questions as a table (CSV), a row a question, for spreadsheets and programs of one's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from ecs_lab.quiz.model import MATCHING, ORDERING, Option, Question, Topic

MOST_OPTIONS = 7
LETTERS = "ABCDEFG"
COLUMNS = [
    "id", "topic", "kind", "case", "stem", "select", "right", "difficulty", "exams", "concepts",
    "sources", "as_of", "section",
    *(f"{what}_{letter}" for letter in LETTERS for what in ("option", "match", "why")),
]  # fmt: skip


def document(topics: Iterable[Topic]) -> str:
    """The whole file, with a line of headings. Lists within a field are separated by blanks."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(_row(question) for topic in topics for question in topic.questions)
    return out.getvalue()


def _row(question: Question) -> dict[str, object]:
    row: dict[str, object] = {
        "id": question.id,
        "topic": question.topic,
        "kind": question.kind,
        "case": question.case.text if question.case else "",
        "stem": question.stem,
        "select": question.select,
        "right": _right(question),
        "difficulty": question.difficulty,
        "exams": " ".join(question.exams),
        "concepts": " ".join(question.concepts),
        "sources": " ".join(question.sources),
        "as_of": question.as_of,
        "section": question.section,
    }
    for letter, option in zip(LETTERS, _options(question), strict=False):
        row |= {f"option_{letter}": option.text, f"match_{letter}": option.match,
                f"why_{letter}": option.why}  # fmt: skip
    return {key: _safe(value) for key, value in row.items()}


def _options(question: Question) -> tuple[Option, ...]:
    others = tuple(Option("", "", match=other) for other in question.others)
    return (question.options + others)[:MOST_OPTIONS]


def _right(question: Question) -> str:
    """Letters of the right options, of the right order, or nothing where pairs say it."""
    if question.kind == MATCHING:
        return ""
    if question.kind == ORDERING:
        return " ".join(LETTERS[: len(question.options)])
    return " ".join(LETTERS[place] for place in sorted(question.correct))


def _safe(value: object) -> object:
    """A field that no spreadsheet takes for a formula.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
