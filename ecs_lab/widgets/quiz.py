"""The quiz in a notebook: Python holds questions, answers and score; the browser only shows.

    >>> quiz = show("fargate", count=3)
    >>> quiz.total, quiz.verdict
    (3, {})

What goes to the browser is the question on show: its text, its options, and, once it has been
answered, the verdict and what its proof showed (quiz_parts.py). The answers of the other questions
never leave Python.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ecs_lab.quiz import bank, generators, proving, text
from ecs_lab.quiz.model import MATCHING, ORDERING, Topic
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


def show(
    topic: str = "", count: int | None = 5, seed: int = 0, *, generated: bool = False
) -> QuizWidget:
    """A quiz on one topic, with `count` questions (None: all), the same for the same seed.

    With `generated` the questions are made from the seed, on all that can be generated where no
    topic is named. Raises `ecs_lab.quiz.bank.UnknownTopicError`, which names the topic that was
    probably meant, or `ecs_lab.quiz.generators.UnknownGeneratorError`.
    """
    if not generated:
        return QuizWidget(bank.load_topic(topic), count=count, seed=seed)
    about = bank.load_topic(topic) if topic else None
    fresh = partial(generators.practice, about, count or 5)
    return QuizWidget(fresh(seed), count=None, seed=seed, again=fresh)


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
    # "exam_today", "options": [{"right", "standing", "why"}], "provable"}.
    verdict = t.Dict().tag(sync=True)
    # Empty until the learner asks to be shown; then {"about", "steps": [{"call", "answer"}],
    # "pictures": [{"source", "text"}], "findings": [{"letter", "standing", "found"}], "trouble"}.
    shown = t.Dict().tag(sync=True)
    flagged = t.Bool(False).tag(sync=True)
    # What is to be told about the last action, when it is not a verdict.
    notice = t.Unicode().tag(sync=True)
    # {"right", "answered"}; at the end also "questions": [{"stem", "standing", "flagged"}].
    score = t.Dict().tag(sync=True)

    def __init__(
        self,
        topic: Topic,
        *,
        count: int | None = 5,
        seed: int = 0,
        again: Callable[[int], Topic] | None = None,
    ) -> None:
        self._topic, self._count, self._seed = topic, count, seed
        self._again = again or (lambda _seed: topic)
        self._begin(seed)
        super().__init__(title=topic.title, total=len(self._session.items))
        self._seed_shown = seed
        self._show(0)
        self.on_msg(self._received)

    def _begin(self, seed: int) -> None:
        self._session = Session(self._topic.questions, seed=seed, count=self._count)
        self._drafts: dict[int, list[int]] = {}
        self._flags: set[int] = set()

    # ------------------------------------------------------------------ what the learner does

    def _received(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        """One message of the browser.

        Each says on which question it was sent and what was chosen there, because fast fingers
        send several before the first has been answered.
        """
        at = int(message["at"])
        if 0 <= at < self.total:
            self._drafts[at] = [int(place) for place in message["chosen"]]
        actions = {
            "check": lambda: self._check(at),
            "flag": lambda: self._flag(at),
            "show": lambda: self._show_proof(at),
            "step": lambda: self._show(self.position + int(message["by"])),
            "go": lambda: self._show(int(message["to"])),
            "restart": self._restart,
        }
        with self.hold_sync():
            actions[message["do"]]()

    def _check(self, at: int) -> None:
        try:
            self._session.answer(at, self._drafts[at])
        except ChoiceError as error:
            self._show(at, notice=str(error))
        else:
            self._show(at)

    def _flag(self, at: int) -> None:
        self._flags ^= {at}
        done = "Flagged for review." if at in self._flags else "Flag removed."
        self._show(at, notice=done)

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
        """The same number of questions again, in another order; generated ones are new."""
        self._seed += 1
        self._topic = self._again(self._seed)
        self._begin(self._seed)
        self._show(0)

    # ------------------------------------------------------------------ what is shown

    def _show(self, position: int, notice: str = "") -> None:
        """Bring every trait in line with the session, for one position."""
        position = max(0, min(position, self.total))
        with self.hold_sync():
            if position != self.position or self._seed != self._seed_shown:
                self.shown = {}
            self._seed_shown = self._seed
            self.position = position
            self.notice = notice
            self.score = self._score(with_questions=position == self.total)
            if position == self.total:
                self.question, self.chosen, self.verdict, self.picture = {}, [], {}, {}
                return
            verdict = self._session.verdicts.get(position)
            item = self._session.items[position]
            self.question = question_part(item)
            self.verdict = verdict_part(verdict) if verdict else {}
            self.chosen = list(verdict.chosen) if verdict else self._draft(position)
            self.flagged = position in self._flags
        self.picture = picture_part(
            proving.picture_of(item.question)
        )  # after it: drawing takes time

    def _draft(self, position: int) -> list[int]:
        """What was chosen there so far: at first nothing, or the order in which the steps stand."""
        item = self._session.items[position]
        nothing = {ORDERING: [*range(len(item.options))], MATCHING: [-1] * len(item.options)}
        return self._drafts.get(position) or nothing.get(item.question.kind, [])

    def _score(self, *, with_questions: bool) -> dict[str, Any]:
        score = self._session.score
        shown: dict[str, Any] = {"right": score.right, "answered": score.answered}
        if with_questions:
            shown["questions"] = [self._result(index) for index in range(self.total)]
        return shown

    def _result(self, index: int) -> dict[str, Any]:
        verdict = self._session.verdicts.get(index)
        standing = "not answered" if not verdict else "right" if verdict.correct else "wrong"
        stem = self._session.items[index].question.stem
        return {"stem": stem, "standing": standing, "flagged": index in self._flags}

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
        name = self._topic.name
        words = "--generated" if name == "generated" else name
        return f"To answer them, run this cell in JupyterLab, or: ecs-lab quiz {words}"
