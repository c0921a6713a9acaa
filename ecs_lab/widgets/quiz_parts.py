"""What the quiz sends to the browser: pieces of a session as plain data, and as static HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ecs_lab.diagram import Picture, can_render
from ecs_lab.quiz import text
from ecs_lab.quiz.session import Item, Verdict

if TYPE_CHECKING:
    from ecs_lab.quiz.proving import Outcome


def question_part(item: Item) -> dict[str, Any]:
    """What the browser may know of a question that is not answered yet."""
    question = item.question
    return {
        "id": question.id,
        "kind": question.kind,
        "case": question.case.text if question.case else "",
        "stem": question.stem,
        "instruction": question.instruction,
        "select": question.select,
        "options": [option.text for option in item.options],
        "answers": list(item.answers),
    }


def verdict_part(verdict: Verdict) -> dict[str, Any]:
    """What it may know once the question is answered."""
    question = verdict.item.question
    return {
        "correct": verdict.correct,
        "summary": text.summary(verdict),
        "options": [
            {
                "right": text.part_right(verdict, place),
                "standing": _capital(text.standing(verdict, place)),
                "why": option.why,
            }
            for place, option in enumerate(verdict.item.options)
        ],
        "sources": list(question.sources),
        "as_of": question.as_of.isoformat(),
        "lesson": question.lesson,
        "exam_today": question.exam_today,
        "provable": bool(question.proof),
    }


def proof_part(outcome: Outcome, item: Item) -> dict[str, Any]:
    """What a proof did and found."""
    return {
        "about": outcome.proof.about,
        "steps": [{"call": step.call, "answer": step.answer} for step in outcome.trace.steps],
        "pictures": [picture_part(each) for each in outcome.trace.pictures],
        "findings": [
            {
                "letter": text.LETTERS[place],
                "standing": "holds" if finding.holds else "does not hold",
                "found": finding.found,
            }
            for place, finding in text.findings(outcome, item)
        ],
        "trouble": outcome.trouble,
    }


def picture_part(picture: Picture | None) -> dict[str, str]:
    """A picture as an image's address and its words; only the words where it cannot be drawn."""
    if picture is None:
        return {}
    drawn = f"data:image/svg+xml,{quote(picture.svg)}" if can_render() else ""
    return {"source": drawn, "text": picture.text}


def as_html(item: Item) -> str:
    """A question without its answer, for places that show no widgets."""
    question = item.question
    case = f"<p>{html.escape(question.case.text)}</p>" if question.case else ""
    stem = html.escape(f"{question.stem} {question.instruction}".strip())
    lists = [_list(option.text for option in item.options), _list(item.answers)]
    return f"{case}<p>{stem}</p>{''.join(lists)}"


def _list(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{html.escape(each)}</li>" for each in texts)
    return f'<ol type="A">{items}</ol>' if items else ""


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
