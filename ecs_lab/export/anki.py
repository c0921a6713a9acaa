"""Questions as an Anki package: a deck for each topic, a note for each question.

A note keeps its identity by the question's id, so that importing a newer package updates the notes
and leaves Anki's schedule as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from ecs_lab.export.html import as_html, general_feedback
from ecs_lab.quiz.model import MATCHING, ORDERING, Option, Question, Topic

MODEL_ID = 1_764_155_001  # Anki wants a number that stays the same; any will do
DECK = "Amazon ECS (ecs_lab)"
FRONT = "{{Question}}"
BACK = "{{FrontSide}}<hr id=answer>{{Answer}}"
LETTERS = "ABCDEFG"


class AnkiMissingError(RuntimeError):
    """The library that writes Anki packages is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "An Anki package is written by genanki, which is not installed here: "
            "run 'pip install genanki', then try again. 'ecs-lab export csv' needs nothing."
        )


def write(topics: Iterable[Topic], path: Path) -> None:
    """Write the package to `path` (.apkg). Raises `AnkiMissingError` without genanki."""
    try:
        import genanki
    except ImportError:
        raise AnkiMissingError from None
    fields = [{"name": "Id"}, {"name": "Question"}, {"name": "Answer"}]
    template = {"name": "Card", "qfmt": FRONT, "afmt": BACK}
    model = genanki.Model(MODEL_ID, "ecs_lab question", fields=fields, templates=[template])
    decks = [_deck(genanki, model, topic) for topic in topics]
    genanki.Package(decks).write_to_file(str(path))


def _deck(genanki: Any, model: Any, topic: Topic) -> Any:
    deck = genanki.Deck(number_of(topic.name), f"{DECK}::{topic.title.replace('::', ':')}")
    for question in topic.questions:
        fields = [question.id, front(question), back(question)]
        tags = [*question.exams, *question.concepts, f"difficulty-{question.difficulty}"]
        guid = genanki.guid_for("ecs_lab", question.id)
        deck.add_note(genanki.Note(model, fields, tags=tags, guid=guid))
    return deck


def number_of(name: str) -> int:
    """A number for a deck that is the same on every machine."""
    return int.from_bytes(sha256(name.encode()).digest()[:4], "big") + 1


def front(question: Question) -> str:
    """The question and its options; of an ordering question in another order than the right one."""
    options = question.options
    if question.kind == ORDERING:
        options = tuple(sorted(options, key=lambda option: sha256(option.text.encode()).digest()))
    rows = "".join(f"<li>{escape(option.text)}</li>" for option in options)
    matches = sorted({*question.others, *(o.match for o in options)} - {""})
    answers = "".join(f"<li>{escape(each)}</li>" for each in matches)
    below = f"<ul>{answers}</ul>" if answers else ""
    return f'{as_html(question)}<ol type="A">{rows}</ol>{below}'


def back(question: Question) -> str:
    """What is right, and the reason for every option."""
    if question.kind in (ORDERING, MATCHING):
        items = "".join(f"<li>{_solved(option)}</li>" for option in question.options)
        solved = f"<ol>{items}</ol>" if question.kind == ORDERING else f"<ul>{items}</ul>"
        return solved + general_feedback(question)
    rows = "".join(
        f"<li><b>{'Right' if option.correct else 'Wrong'}</b>: {escape(option.why)}</li>"
        for option in question.options
    )
    return f'<ol type="A">{rows}</ol>{general_feedback(question)}'


def _solved(option: Option) -> str:
    match = f" → {escape(option.match)}" if option.match else ""
    return f"<b>{escape(option.text)}{match}</b>"
