"""The exercises and the questions as pages to read: what is asked, and nothing of the answers."""

from __future__ import annotations

from itertools import groupby

from ecs_lab.exercises import catalog
from ecs_lab.exercises.catalog import Exercise
from ecs_lab.exercises.texts import statement
from ecs_lab.quiz import bank
from ecs_lab.quiz.model import Topic
from ecs_lab.quiz.session import Session
from ecs_lab.widgets.quiz_parts import as_html

NOBODY = ""
"""The learner whose variants are on the page."""


def exercises() -> list[Exercise]:
    """All exercises in study order, for nobody in particular."""
    return [catalog.load(name, learner=NOBODY) for name in catalog.ids()]


def exercises_page(every: list[Exercise]) -> str:
    """Each exercise's statement under a heading that can be linked to by its id."""
    text = (
        f"# Exercises\n\n{len(every)} exercises, in study order: what each asks for, and what is "
        "checked. To do one, open its notebook with `python3 run.py`. Names and numbers differ "
        "from learner to learner.\n"
    )
    for book, group in groupby(every, key=lambda each: each.section.split("#")[0]):
        text += f"\n## {book.removeprefix('notebooks/').removesuffix('.ipynb')}\n"
        for exercise in group:
            words = statement(exercise).markdown.replace("### Exercise: ", "### ", 1)
            text += f"\n({exercise.id})=\n{_from_the_top(words, book)}"
    return text


def _from_the_top(words: str, book: str) -> str:
    """Links that lead to the notebook beside it lead there from the page as well."""
    name = book.removeprefix("notebooks/")
    return words.replace(f"]({name}", f"](notebooks/{name}")


def topics() -> list[Topic]:
    """The topics of the course's question bank."""
    return list(bank.load_bank().topics)


def questions_page(topic: Topic) -> str:
    """A topic's questions with their options, as an unanswered quiz shows them."""
    items = Session(topic.questions).items
    asked = "".join(f"<li>{as_html(item)}</li>" for item in items)
    return (
        f"# Questions: {topic.title}\n\n{len(items)} questions. To answer them, with a reason for "
        f"every option: `python3 run.py quiz {topic.name}`.\n\n"
        f'<ol class="questions">{" ".join(asked.split())}</ol>\n'
    )
