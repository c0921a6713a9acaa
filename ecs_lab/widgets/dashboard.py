"""The dashboard: how a learner stands, by topic and exam, what is due, and what is next.

Everything in it is worked out from what is kept (ecs_lab.progress); "Look again" does so anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ecs_lab.exam.blueprints import ECS_ONLY
from ecs_lab.overview import exercises
from ecs_lab.overview.standing import (
    ExamStanding,
    Overview,
    TopicStanding,
    between,
    overview,
    percent,
    sittable,
)
from ecs_lab.progress import here
from ecs_lab.quiz import own
from ecs_lab.quiz.explaining import in_words
from ecs_lab.widgets.board import Board
from ecs_lab.widgets.fields import Choice
from ecs_lab.widgets.nodes import Child, Node, button, buttons, element, fold, table


class Dashboard(Board):
    """Shows how the learner stands; a choice of exam says for what the next topic is chosen."""

    def __init__(self) -> None:
        codes = [each.code for each in sittable(datetime.now(UTC).astimezone().date())]
        offered = [("", "any"), *((code, code) for code in codes)]
        super().__init__("Your progress", [Choice("exam", "I prepare for", "", offered)])
        self.show()

    def actions(self) -> dict[str, Callable[[], None]]:
        """Look again."""
        return {"again": lambda: self.show("Brought up to date.")}

    def changed(self) -> None:
        """Another exam."""
        self.show(f"What is next is chosen for {self.values['exam'] or 'any exam'}.")

    def parts(self) -> list[Node]:
        """What is next, exams, topics, what is due, exercises."""
        found = overview(own.readable(), here(), datetime.now(UTC), self.values["exam"])
        return [
            element("div", self.field("exam"), buttons(button("again", "Look again")),
                    class_="fields"),
            *_next(found),
            *(_questions(found) if found.answers else []),
            fold("Exercises", *_exercises(), key="exercises"),
        ]  # fmt: skip


def _next(found: Overview) -> list[Node]:
    items = [
        element("li", element("strong", each.what), f": {each.why}. In a terminal: ",
                element("code", f"ecs-lab {each.words}"))
        for each in found.suggestions
    ]  # fmt: skip
    said = exercises.next_one(exercises.rows()).removeprefix("Next: ")
    return [element("h5", "Next"), element("ul", *items, element("li", said))]


def _questions(found: Overview) -> list[Node]:
    exams = [_exam(each) for each in found.exams]
    topics = [_topic(each) for each in found.topics]
    notices = [element("p", notice) for each in found.exams for notice in each.notices]
    return [
        table("Exams", ("Exam", "To pass", "Right answers", "Answered"), exams),
        element("p", ECS_ONLY),
        *([fold("What to know of these exams", *notices, key="notices")] if notices else []),
        table("Topics", ("Topic", "Answered", "Missed", "Due", "New ones right"), topics),
        *_forecast(found),
    ]


def _exam(exam: ExamStanding) -> list[Child]:
    code = element("span", exam.code, style="white-space: nowrap")
    answered = f"{exam.answered} of {exam.questions}"
    if exam.readiness is None:
        return [code, exam.why_not, "", answered]
    return [code, between(exam.readiness.passing), between(exam.readiness.share), answered]


def _topic(topic: TopicStanding) -> list[str]:
    answered = f"{topic.answered} of {topic.questions}"
    return [topic.title, answered, str(topic.missed), str(topic.due), between(topic.share)]


def _forecast(found: Overview) -> list[Node]:
    days = [[in_words(day.day), str(day.due), percent(day.retention)] for day in found.forecast]
    caption = "Without practice: what becomes due, and what you still know of what you have seen"
    return [table(caption, ("Day", "Due", "Still known"), days)] if days else []


def _exercises() -> list[Node]:
    return [element("pre", "\n".join(exercises.lines(exercises.rows())))]
