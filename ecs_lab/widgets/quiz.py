"""The quiz in a notebook: Python holds questions, answers and score; the browser only shows.

    >>> quiz = show("fargate", count=3)
    >>> quiz.total, quiz.verdict
    (3, {})

What goes to the browser is the question on show and its neighbours: their text, their options, and,
of one that has been answered, the verdict and what its proof showed (quiz_parts.py). The answers of
the other questions never leave Python. What the learner answers is kept at once
(ecs_lab.quiz.practice).
"""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ecs_lab.quiz import bank, generators, own, proving, text
from ecs_lab.quiz.choosing import Wish, chosen, known_exam, known_way
from ecs_lab.quiz.explaining import explained, history
from ecs_lab.quiz.model import MATCHING, ORDERING, Topic
from ecs_lab.quiz.practice import Practice, latest
from ecs_lab.quiz.session import ChoiceError, Session
from ecs_lab.widgets.panel import style
from ecs_lab.widgets.quiz_parts import (
    as_html,
    picture_part,
    proof_part,
    question_part,
    verdict_part,
)

_HERE = Path(__file__).parent
USUAL = 5
"""How many questions a quiz in a notebook has where no number is said."""


def show(
    topic: str = "",
    count: int | None = USUAL,
    seed: int = 0,
    *,
    exam: str = "",
    by: str = "",
    generated: bool = False,
    resume: bool = False,
    files: own.Files = (),
) -> QuizWidget:
    """A quiz with `count` questions (None: all), the same for the same seed.

    By `topic`, `exam` ("DVA-C03"), `by` need ("weak", "due", "missed", "flagged"), or several of
    these; `generated` questions are made from the seed. A topic may be a YAML file of one's own;
    `files` add such to the questions that `exam` and `by` choose among. A quiz that was left is
    taken up where it was; `resume` does so with the last one, in notebook or terminal. Raises
    `UnknownTopicError`, `UnknownGeneratorError`, `NothingToAskError`, `NothingLeftError` or
    `CourseFileError`, each with the next step.
    """
    if resume:
        return QuizWidget(practice=latest())
    if generated:
        about = bank.load_topic(topic) if topic else None
        fresh = partial(generators.practice, about, count or USUAL)
        return QuizWidget(fresh(seed), count=None, seed=seed, again=fresh)
    if not (exam or by):
        return QuizWidget(own.topic(topic), count=count, seed=seed)
    topic, named = own.named(topic)
    every = own.with_own([*own.listed(files), *named])
    wish = Wish(topic, known_exam(exam, every) if exam else "", known_way(by), count)
    return QuizWidget(chosen(wish, every, datetime.now(UTC)), count=count, seed=seed)


class QuizWidget(anywidget.AnyWidget):
    """Questions one by one, with the verdict at once and the score at the end.

    The browser sends what the learner does as messages, {"do": "check", "at": 2, "chosen": [0]};
    all that is shown is in the traits below, which only Python changes.
    """

    _esm = _HERE / "quiz.js"
    _css = style("quiz")

    title = t.Unicode().tag(sync=True)
    total = t.Int().tag(sync=True)
    # Place of the question on show, from 0; equal to `total`, the results are on show.
    position = t.Int(0).tag(sync=True)
    # {"id", "kind", "case", "stem", "instruction", "select", "options": [texts],
    # "answers": [texts]} of the question on show.
    question = t.Dict().tag(sync=True)
    # {"source", "text"} of the picture beside the question; empty without one.
    picture = t.Dict().tag(sync=True)
    # The answer so far, in places as shown (ecs_lab.quiz.session.Answer; -1 for no match yet).
    chosen = t.List(t.Int()).tag(sync=True)
    # Empty before the answer; then {"correct", "summary", "sources", "as_of", "lesson",
    # "exam_today", "options": [{"right", "standing", "why"}], "provable", "history"}.
    verdict = t.Dict().tag(sync=True)
    # Empty until the learner asks to be shown; then {"about", "steps": [{"call", "answer"}],
    # "pictures": [{"source", "text"}], "findings": [{"letter", "standing", "found"}], "trouble"}.
    shown = t.Dict().tag(sync=True)
    flagged = t.Bool(False).tag(sync=True)
    # The neighbours of the question on show, by their places: {"question", "chosen", "verdict",
    # "flagged"} as above, so that Next shows one before this kernel has heard of it.
    ahead = t.Dict().tag(sync=True)
    # What is to be told about the last action, when it is not a verdict.
    notice = t.Unicode().tag(sync=True)
    # {"right", "answered"}; at the end also "questions": [{"stem", "standing", "flagged"}].
    score = t.Dict().tag(sync=True)

    def __init__(
        self,
        topic: Topic | None = None,
        *,
        count: int | None = USUAL,
        seed: int = 0,
        again: Callable[[int], Topic] | None = None,
        practice: Practice | None = None,
    ) -> None:
        """Of a topic's questions, or of a practice that goes on."""
        if practice is None:
            assert topic is not None
            practice = Practice.like(topic, seed=seed, count=count)
        self._practice, self._again = practice, again
        title, total = practice.sitting.title, len(practice.session.items)
        super().__init__(title=title, total=total)
        self._sitting_shown = practice.sitting.id
        answered = practice.session.score.answered
        if answered:
            self._show(practice.position, f"Taken up again: {answered} of {total} answered.")
        else:
            self._show(0)
        self._afterwards()
        self.on_msg(self._received)

    @property
    def _session(self) -> Session:
        return self._practice.session

    # ------------------------------------------------------------------ what the learner does

    def _received(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        """One message of the browser.

        Each says on which question it was sent and what was chosen there, because fast fingers
        send several before the first has been answered.
        """
        at = int(message["at"])
        if 0 <= at < self.total:
            self._practice.drafts[at] = [int(place) for place in message["chosen"]]
        actions = {
            "check": lambda: self._check(at),
            "flag": lambda: self._flag(at),
            "explain": lambda: self._explain(at),
            "show": lambda: self._show_proof(at),
            "step": lambda: self._show(self.position + int(message["by"])),
            "go": lambda: self._show(int(message["to"])),
            "restart": self._restart,
        }
        with self.hold_sync():
            actions[message["do"]]()
        self._afterwards()

    def _check(self, at: int) -> None:
        try:
            self._practice.answer(at, self._practice.drafts.get(at, []))
        except ChoiceError as error:
            self._show(at, notice=str(error))
        else:
            self._show(at)

    def _flag(self, at: int) -> None:
        up = self._practice.flag(at)
        self._show(at, notice="Flagged for review." if up else "Flag removed.")

    def _explain(self, at: int) -> None:
        self._show(at, notice=explained(self._session.items[at].question))

    def _show_proof(self, at: int) -> None:
        """Play the proof of a question that was answered."""
        verdict = self._session.verdicts.get(at)
        proven = proving.proof_of(verdict.item.question) if verdict else None
        if verdict is None or proven is None:
            return
        outcome = proving.run(verdict.item.question, proven)
        self._show(at, notice="Shown in the lab, below.")
        self.shown = proof_part(outcome, verdict.item)

    def _restart(self) -> None:
        """The same questions again, in another order; generated ones are new."""
        seed = self._practice.sitting.plan["seed"] + 1
        self._practice = self._practice.afresh(seed, self._again(seed) if self._again else None)
        self._show(0)

    # ------------------------------------------------------------------ what is shown

    def _show(self, position: int, notice: str = "") -> None:
        """Bring every trait in line with the session, for one position."""
        position = max(0, min(position, self.total))
        with self.hold_sync():
            sitting = self._practice.sitting.id
            if position != self.position or sitting != self._sitting_shown:
                self.shown, self.picture = {}, {}
            self._sitting_shown = sitting
            self.position = position
            self.notice = notice
            self.score = self._score(with_questions=position == self.total)
            if position == self.total:
                self.question, self.chosen, self.verdict, self.picture = {}, [], {}, {}
                return
            for name, value in self._screen(position).items():
                setattr(self, name, value)

    def _screen(self, position: int) -> dict[str, Any]:
        """What is shown of a question: the traits of that name."""
        verdict, item = self._session.verdicts.get(position), self._session.items[position]
        told = {**verdict_part(verdict), "history": history(item.question)} if verdict else {}
        return {
            "question": question_part(item),
            "verdict": told,
            "chosen": list(verdict.chosen) if verdict else self._draft(position),
            "flagged": item.question.id in self._practice.flags,
        }

    def _afterwards(self) -> None:
        """What takes time, once the browser has the question: its neighbours, its picture, and
        where we are.
        """
        if self.position < self.total:
            near = (self.position - 1, self.position + 1, self.position + 2)
            self.ahead = {str(at): self._screen(at) for at in near if 0 <= at < self.total}
            question = self._session.items[self.position].question
            self.picture = picture_part(proving.picture_of(question))
            self._practice.look(self.position)

    def _draft(self, position: int) -> list[int]:
        """What was chosen there so far: at first nothing, or the order in which the steps stand."""
        item = self._session.items[position]
        nothing = {ORDERING: [*range(len(item.options))], MATCHING: [-1] * len(item.options)}
        return self._practice.drafts.get(position) or nothing.get(item.question.kind, [])

    def _score(self, *, with_questions: bool) -> dict[str, Any]:
        score = self._session.score
        shown: dict[str, Any] = {"right": score.right, "answered": score.answered}
        if with_questions:
            shown["questions"] = [self._result(index) for index in range(self.total)]
        return shown

    def _result(self, index: int) -> dict[str, Any]:
        verdict = self._session.verdicts.get(index)
        standing = "not answered" if not verdict else "right" if verdict.correct else "wrong"
        question = self._session.items[index].question
        flagged = question.id in self._practice.flags
        return {"stem": question.stem, "standing": standing, "flagged": flagged}

    # ------------------------------------------------------------------ without widgets

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget and, for places that show none, its questions as text and HTML."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": self.as_text(), "text/html": self._as_html()}, metadata

    def as_text(self) -> str:
        """The questions as text, without answers."""
        asked = [
            f"{number}. {text.question_text(item)}"
            for number, item in enumerate(self._session.items, 1)
        ]
        return "\n\n".join([f"Questions: {self.title}", *asked, self._where])

    def _as_html(self) -> str:
        asked = "".join(f"<li>{as_html(item)}</li>" for item in self._session.items)
        title, where = html.escape(self.title), html.escape(self._where)
        return f"<h4>Questions: {title}</h4><ol>{asked}</ol><p>{where}</p>"

    @property
    def _where(self) -> str:
        name = self._practice.sitting.plan["name"]
        words = "--generated" if name == "generated" else name
        return f"To answer them, run this cell in JupyterLab, or: ecs-lab quiz {words}"
