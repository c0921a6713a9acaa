"""Pieces of the exam's board: a question's fields, and its reasons once they may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.quiz.text import LETTERS, standing
from ecs_lab.widgets.fields import Choice, Field, Flag
from ecs_lab.widgets.nodes import Child, Node, element

if TYPE_CHECKING:
    from ecs_lab.quiz.session import Verdict

PLACES = ("", *map(str, range(7)))


def fields_of(index: int) -> list[Field]:
    """The fields of one question: one choice, or a tick for each option."""
    ticks = [Flag(f"option-{index}-{place}", f"Option {LETTERS[place]}") for place in range(7)]
    return [Choice(f"choice-{index}", "Answer", "", [(each, each) for each in PLACES]), *ticks]


def reasons(verdict: Verdict) -> list[Node]:
    """Every option with what it was and why, and the pages."""
    question = verdict.item.question
    rows = [
        element(
            "li", f"{LETTERS[place]}. {option.text} ",
            element("strong", f"({standing(verdict, place)})"), f" {option.why}",
        )
        for place, option in enumerate(verdict.item.options)
    ]  # fmt: skip
    pages: list[Child] = [f"Source (read {question.as_of}): "]
    for source in question.sources:
        pages += [element("a", source, href=source, target="_blank", rel="noreferrer"), " "]
    today = [element("p", question.exam_today)] if question.exam_today else []
    read = element("p", f"Read again: {question.lesson}")
    return [element("ul", *rows), *today, element("p", *pages), read]
