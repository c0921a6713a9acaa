"""Practice: a session whose answers are kept, and which can be left and taken up again.

>>> from ecs_lab.progress import Store
>>> from ecs_lab.quiz.bank import load_topic
>>> mine = Store()
>>> practice = Practice.new(load_topic("fargate"), seed=7, count=3, store=mine)
>>> _ = practice.answer(0, practice.session.items[0].right)
>>> [left] = open_sittings(mine)
>>> Practice.resumed(left, mine).position
1
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ecs_lab.progress import Answer, Flag, Sitting, Store, here, now
from ecs_lab.quiz import generators, own
from ecs_lab.quiz.model import Question, Topic
from ecs_lab.quiz.session import ChoiceError, Session, Verdict

KIND = "practice"


class NothingLeftError(LookupError):
    """A sitting cannot be taken up again: none is open, or its questions are gone."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence alone."""
        return [str(self)]


class Practice:
    """Questions, the answers given so far, and the learner's flags.

    Nothing is written before the first answer or flag: a quiz that was only looked at leaves no
    trace. `position` is the question to go on with, `drafts` what was chosen but not checked.
    """

    def __init__(self, session: Session, sitting: Sitting, store: Store | None = None) -> None:
        self.session, self.sitting, self._store = session, sitting, store or here()
        self._places = {item.question.id: place for place, item in enumerate(session.items)}
        self.flags = {flag.id for flag in self._store.all(Flag) if flag.up}
        drafts: dict[str, list[int]] = sitting.state.get("drafts", {})
        self.drafts = {int(place): chosen for place, chosen in drafts.items()}
        self._on_show, self._shown_s = -1, time.monotonic()
        self.catch_up()

    @classmethod
    def new(
        cls, topic: Topic, *, seed: int = 0, count: int | None = None, store: Store | None = None
    ) -> Practice:
        """A practice of a topic's questions, shuffled by a seed."""
        session = Session(topic.questions, seed=seed, count=count)
        ids = [item.question.id for item in session.items]
        plan: dict[str, Any] = {"name": topic.name, "seed": seed, "questions": ids}
        if files := own.elsewhere(item.question for item in session.items):
            plan["files"] = files
        return cls(session, Sitting(KIND, topic.title, plan), store)

    @classmethod
    def resumed(cls, sitting: Sitting, store: Store | None = None) -> Practice:
        """Goes on with a sitting; raises `NothingLeftError` when its questions are gone."""
        questions = find_questions(sitting.plan["questions"], sitting.plan.get("files", []))
        if not questions:
            raise NothingLeftError(f"The questions of {sitting.title!r} are not in the bank now.")
        return cls(Session.in_order(questions, seed=sitting.plan["seed"]), sitting, store)

    @classmethod
    def like(cls, topic: Topic, *, seed: int, count: int | None = None) -> Practice:
        """The open sitting that asks just these questions, or a new one."""
        fresh = cls.new(topic, seed=seed, count=count)
        for sitting in open_sittings():
            if sitting.plan == fresh.sitting.plan:
                return cls(fresh.session, sitting)
        return fresh

    def afresh(self, seed: int, topic: Topic | None = None) -> Practice:
        """The same questions in another order, or those of a topic instead, all to be answered."""
        plan = self.sitting.plan
        questions = tuple(item.question for item in self.session.items)
        again = topic or Topic(plan["name"], self.sitting.title, 0, questions)
        return Practice.new(again, seed=seed, store=self._store)

    # ------------------------------------------------------------------ what the learner does

    def answer(self, place: int, chosen: Iterable[int]) -> Verdict:
        """Answer one question and keep the answer; the first one stands, wherever it was given.

        Raises `ChoiceError` when the choice is no answer; nothing is kept then.
        """
        self.catch_up()
        if place in self.session.verdicts:
            return self.session.verdicts[place]
        verdict = self.session.answer(place, chosen)
        self.drafts.pop(place, None)
        self._keep(
            Answer(
                verdict.item.question.id,
                verdict.correct,
                seconds=round(time.monotonic() - self._shown_s, 1),
                mode=KIND,
                sitting=self.sitting.id,
                chosen=verdict.item.as_filed(verdict.chosen),
            )
        )
        return verdict

    def flag(self, place: int) -> bool:
        """Put a question's flag up or down; gives which."""
        question = self.session.items[place].question.id
        self.flags ^= {question}
        self._store.add(Flag(question, question in self.flags))
        return question in self.flags

    def look(self, place: int) -> None:
        """A question is on show from now on; where it was left is kept once it has begun."""
        if place != self._on_show:
            self._on_show, self._shown_s = place, time.monotonic()
        self.sitting = replace(self.sitting, state={**self.sitting.state, "position": place})
        if self._begun:
            self._keep()

    @property
    def position(self) -> int:
        """Where to go on: where it was left, or the first question without an answer after it."""
        total, left = len(self.session.items), self.sitting.state.get("position", 0)
        places = [*range(left, total), *range(left)]
        return next((place for place in places if place not in self.session.verdicts), total)

    @property
    def over(self) -> bool:
        """Whether every question is answered."""
        return len(self.session.verdicts) == len(self.session.items)

    # ------------------------------------------------------------------ what is kept

    @property
    def _begun(self) -> bool:
        return bool(self.session.verdicts)

    def _keep(self, *answers: Answer) -> None:
        """Write the sitting as it stands, with new answers in the same transaction."""
        drafts = {str(place): chosen for place, chosen in self.drafts.items()}
        state = {**self.sitting.state, "drafts": drafts}
        ended = self.sitting.ended or (now() if self.over else "")
        self.sitting = replace(self.sitting, state=state, ended=ended, at=now())
        self._store.add(*answers, self.sitting)

    def catch_up(self) -> None:
        """Take in the answers of this sitting that are in the store, also from another window."""
        for kept in self._store.all(Answer, sitting=self.sitting.id):
            place = self._places.get(kept.question)
            if place is not None and place not in self.session.verdicts:
                try:
                    item = self.session.items[place]
                    self.session.answer(place, item.as_shown(kept.chosen))
                except ChoiceError:
                    continue  # the question was changed meanwhile: it is asked again


def open_sittings(store: Store | None = None) -> list[Sitting]:
    """Practice that was begun and not finished, the latest first."""
    found = (store or here()).all(Sitting, kind=KIND, ended="")
    return sorted(found, key=lambda sitting: sitting.at, reverse=True)


def latest(name: str = "", store: Store | None = None) -> Practice:
    """The practice (of a topic) that was left last, to go on with; raises `NothingLeftError`."""
    for sitting in open_sittings(store):
        if name in ("", sitting.plan["name"]):
            try:
                return Practice.resumed(sitting, store)
            except NothingLeftError:
                continue
    of = f" of {name}" if name else ""
    raise NothingLeftError(f"No practice{of} was left unfinished. Begin one: ecs-lab quiz --list")


def find_questions(ids: Sequence[str], files: Sequence[str] = ()) -> list[Question]:
    """The questions with these ids, in this order, from the course, one's own and files.

    Those that are gone are left out.
    """
    written = {question.id: question for question in own.readable(map(Path, files)).questions}
    found = [written.get(each) or generators.again(each) for each in ids]
    return [question for question in found if question]


def when(sitting: Sitting) -> str:
    """When a sitting was left, on the learner's calendar: `26 November, 11:08`."""
    at = datetime.fromisoformat(sitting.at).astimezone()
    return f"{at.day} {at:%B, %H:%M}"
