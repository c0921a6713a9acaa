"""What a learner may know about a question: what it is about, and how often it was answered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ecs_lab.progress import Answer, Store, here
from ecs_lab.quiz import coverage
from ecs_lab.quiz.cards import Deck

if TYPE_CHECKING:
    from datetime import date

    from ecs_lab.quiz.model import Question


def explained(question: Question, store: Store | None = None) -> str:
    """What a question asks about and where that is taught: nothing of its answer."""
    about = ", ".join(_concepts().get(each, each) for each in question.concepts)
    return f"This asks about {about}. It is taught in {question.lesson}. {history(question, store)}"


def history(question: Question, store: Store | None = None) -> str:
    """How often it was answered, and when it comes again; a generated one never does."""
    answers = (store or here()).all(Answer, question=question.id)
    again = Deck(answers).due_on(question.id)
    if again is None:
        return "You have not answered it before."
    right = sum(answer.correct for answer in answers)
    if len(answers) == 1:
        so_far = f"You have answered it once, {'rightly' if right else 'wrongly'}"
    else:
        so_far = f"You have answered it {len(answers)} times, {right or 'never'} right"
    return f"{so_far}; it comes again on {in_words(again)}." if question.file else f"{so_far}."


def in_words(day: date) -> str:
    """A day as people write it: 28 November."""
    return f"{day.day} {day:%B}"


@cache
def _concepts() -> dict[str, str]:
    return {each.id: each.concept for each in coverage.concepts()}
