"""Pieces of questions as HTML: what several formats put around their own fields."""

from __future__ import annotations

from html import escape

from ecs_lab.quiz.model import ORDERING, Question


def as_html(question: Question) -> str:
    """The case, the stem and what is to be done."""
    case = f"<p>{escape(question.case.text)}</p>" if question.case else ""
    stem = f"{question.stem} {question.instruction}".strip()
    return f"{case}<p>{escape(stem)}</p>"


def general_feedback(question: Question) -> str:
    """What is read after the answer, whatever it was: sources, lesson, exam and today.

    The reasons of an ordering or matching question stand here as well: formats have no other place.
    """
    parts = [f"<p>{escape(question.exam_today)}</p>"] if question.exam_today else []
    if question.kind != "choice":
        tag = "ol" if question.kind == ORDERING else "ul"
        items = "".join(f"<li>{escape(o.text)}: {escape(o.why)}</li>" for o in question.options)
        parts.append(f"<{tag}>{items}</{tag}>")
    return "".join([*parts, sources(question)])


def sources(question: Question) -> str:
    """The pages that prove the answer, and the day on which they were read."""
    links = ", ".join(f'<a href="{escape(s)}">{escape(s)}</a>' for s in question.sources)
    return f"<p>Source (read {question.as_of}): {links}</p>"
