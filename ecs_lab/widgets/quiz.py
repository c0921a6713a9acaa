"""The quiz in a notebook: Python holds questions, answers and score; the browser only shows.

    >>> quiz = show("fargate", count=3)
    >>> quiz.total, quiz.verdict
    (3, {})

What goes to the browser is the question on show: its text, its options, and, once it has been
answered, the verdict. The answers of the other questions never leave Python.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ecs_lab.quiz import bank, text
from ecs_lab.quiz.model import Topic
from ecs_lab.quiz.session import ChoiceError, Item, Session, Verdict
from ecs_lab.widgets.panel import style

_HERE = Path(__file__).parent


def show(topic: str, count: int | None = 5, seed: int = 0) -> QuizWidget:
    """A quiz on one topic, with `count` questions (None: all), the same for the same seed.

    Raises `ecs_lab.quiz.bank.UnknownTopicError`, which names the topic that was probably meant.
    """
    return QuizWidget(bank.load_topic(topic), count=count, seed=seed)


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
    # {"id", "stem", "instruction", "select", "options": [texts]} of the question on show.
    question = t.Dict().tag(sync=True)
    # Options chosen so far, by their places as shown.
    chosen = t.List(t.Int()).tag(sync=True)
    # Empty before the answer; then {"correct", "summary", "sources", "as_of", "lesson",
    # "exam_today", "options": [{"right", "standing", "why"}]}.
    verdict = t.Dict().tag(sync=True)
    flagged = t.Bool(False).tag(sync=True)
    # What is to be told about the last action, when it is not a verdict.
    notice = t.Unicode().tag(sync=True)
    # {"right", "answered"}; at the end also "questions": [{"stem", "standing", "flagged"}].
    score = t.Dict().tag(sync=True)

    def __init__(self, topic: Topic, *, count: int | None = 5, seed: int = 0) -> None:
        self._topic, self._count, self._seed = topic, count, seed
        self._begin(seed)
        super().__init__(title=topic.title, total=len(self._session.items))
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

    def _restart(self) -> None:
        """The same number of questions again, in another order."""
        self._seed += 1
        self._begin(self._seed)
        self._show(0)

    # ------------------------------------------------------------------ what is shown

    def _show(self, position: int, notice: str = "") -> None:
        """Bring every trait in line with the session, for one position."""
        position = max(0, min(position, self.total))
        with self.hold_sync():
            self.position = position
            self.notice = notice
            self.score = self._score(with_questions=position == self.total)
            if position == self.total:
                self.question, self.chosen, self.verdict = {}, [], {}
                return
            verdict = self._session.verdicts.get(position)
            self.question = _question(self._session.items[position])
            self.verdict = _verdict(verdict) if verdict else {}
            self.chosen = sorted(verdict.chosen) if verdict else self._drafts.get(position, [])
            self.flagged = position in self._flags

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
        asked = "".join(f"<li>{_as_html(item)}</li>" for item in self._session.items)
        title, where = html.escape(self.title), html.escape(self._where)
        return f"<h4>Questions: {title}</h4><ol>{asked}</ol><p>{where}</p>"

    @property
    def _where(self) -> str:
        return f"To answer them, run this cell in JupyterLab, or: ecs-lab quiz {self._topic.name}"


def _question(item: Item) -> dict[str, Any]:
    """What the browser may know of a question that is not answered yet."""
    question = item.question
    return {
        "id": question.id,
        "stem": question.stem,
        "instruction": question.instruction,
        "select": question.select,
        "options": [option.text for option in item.options],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    question = verdict.item.question
    return {
        "correct": verdict.correct,
        "summary": text.summary(verdict),
        "options": [
            {
                "right": option.correct,
                "standing": text.standing(verdict, place).capitalize(),
                "why": option.why,
            }
            for place, option in enumerate(verdict.item.options)
        ],
        "sources": list(question.sources),
        "as_of": question.as_of.isoformat(),
        "lesson": question.lesson,
        "exam_today": question.exam_today,
    }


def _as_html(item: Item) -> str:
    question = item.question
    options = "".join(f"<li>{html.escape(option.text)}</li>" for option in item.options)
    stem = html.escape(f"{question.stem} {question.instruction}".strip())
    return f'<p>{stem}</p><ol type="A">{options}</ol>'
