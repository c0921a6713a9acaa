"""A mock exam that is being sat: answers, flags and the clock, all of it in the learner's store.

The deadline is a moment of the wall clock, set once when the exam begins and kept in the store. So
an exam ends on time whether or not anything of ours was running: what is answered later does not
count, and an exam that was left open is closed as of its deadline when somebody looks at it next.
Every change is written at once; after a restart the sitting goes on from the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ecs_lab.exam import scoring
from ecs_lab.exam.blueprints import Blueprint, find
from ecs_lab.exam.paper import Mode, Paper
from ecs_lab.exam.scoring import Result, Section
from ecs_lab.progress import Answer, Flag, Store, here
from ecs_lab.progress import Sitting as Record
from ecs_lab.quiz import marks, own
from ecs_lab.quiz.model import Bank, Question, Topic
from ecs_lab.quiz.session import ChoiceError, Item, Session, Verdict

KIND = marks.EXAM
Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class OverError(RuntimeError):
    """The exam is over: what was to be done no longer counts."""


class Sitting:
    """One mock exam of a learner. Places of options are as shown, from 0, everywhere here."""

    def __init__(self, record: Record, bank: Bank, store: Store, clock: Clock = wall_clock) -> None:
        self.record, self.store, self._clock = record, store, clock
        known = {question.id: question for question in bank.questions}
        plan = record.plan
        there = [known[each] for each in plan["questions"] if each in known]
        self.items: tuple[Item, ...] = Session.in_order(there, seed=plan["seed"]).items
        self.gone = len(plan["questions"]) - len(self.items)
        self._flags = self._flagged()
        self.close_if_over()

    # ------------------------------------------------------------------ what it is

    @property
    def blueprint(self) -> Blueprint:
        """The exam that it is like."""
        return find(self.record.exam)

    @property
    def mode(self) -> Mode:
        """How it is sat."""
        return Mode(self.record.plan["mode"])

    @property
    def deadline(self) -> datetime | None:
        """When it ends; None where there is no hurry."""
        at = self.record.plan["deadline"]
        return datetime.fromisoformat(at) if at else None

    @property
    def left_s(self) -> float | None:
        """Seconds until the end, not below 0; None where there is no hurry."""
        if self.deadline is None:
            return None
        return max(0.0, (self.deadline - self._clock()).total_seconds())

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return bool(self.record.ended)

    @property
    def by_time(self) -> bool:
        """Whether it was the clock that ended it."""
        return bool(self.record.state.get("by_time"))

    @property
    def position(self) -> int:
        """The item that was on show last."""
        return min(int(self.record.state.get("position", 0)), len(self.items) - 1)

    def chosen(self, index: int) -> tuple[int, ...]:
        """What is chosen for an item so far; empty for a blank."""
        item = self.items[index]
        places = self.record.state.get("chosen", {}).get(item.question.id, [])
        try:
            return item.as_shown(tuple(places))
        except ChoiceError:  # the question has changed since
            return ()

    def flagged(self, index: int) -> bool:
        """Whether an item is to be looked at again.

        It is the learner's flag of the question, as in practice; but an exam begins without flags,
        and shows those that were put up since.
        """
        return self.items[index].question.id in self._flags

    @property
    def blanks(self) -> list[int]:
        """Items without an answer."""
        return [index for index in range(len(self.items)) if not self.chosen(index)]

    # ------------------------------------------------------------------ what the learner does

    def answer(self, index: int, places: Iterable[int]) -> None:
        """Choose options of an item, in place of what was chosen before; none makes it a blank.

        Raises `OverError` after the end; nothing is changed then.
        """
        item = self.items[index]
        chosen = sorted(item.as_filed(tuple(set(places))))
        now_chosen = {**self._now().state.get("chosen", {})}
        now_chosen.pop(item.question.id, None)
        if chosen:
            now_chosen[item.question.id] = chosen
        self._change(chosen=now_chosen, position=index)

    def flag(self, index: int) -> bool:
        """Flag an item, or take the flag away; whether it is flagged now."""
        question = self.items[index].question.id
        self._now()
        self._flags = self._flagged() ^ {question}
        at = _text(self._clock())
        self._change(Flag(question, question in self._flags, at=at), position=index)
        return question in self._flags

    def look_at(self, index: int) -> None:
        """Remember which item is on show."""
        if not self.ended and index != self.position:
            self._change(position=index)

    def finish(self) -> Result:
        """End it now, and score it. After the end it gives the same result again."""
        self.close_if_over()
        if not self.ended:
            self._end(self._clock(), by_time=False)
        return self.result

    def close_if_over(self) -> bool:
        """End it as of its deadline if that has passed; whether it is over."""
        if not self.ended:
            self.record = self.store.one(Record, self.record.id) or self.record
        if not self.ended and self.deadline is not None and self._clock() >= self.deadline:
            self._end(self.deadline, by_time=True)
        return self.ended

    # ------------------------------------------------------------------ what came of it

    @property
    def result(self) -> Result:
        """The result, as it was when the exam ended. Raises `OverError` before the end."""
        if not self.ended:
            raise OverError("The exam is not over yet: its result is shown at the end.")
        return result_of(self.record)

    def verdict(self, index: int) -> Verdict:
        """What was chosen and what is right; before the end only in review mode."""
        if not self.ended and self.mode is not Mode.REVIEW:
            raise OverError("The exam is not over yet: answers are shown at the end.")
        return Verdict(self.items[index], self.chosen(index))

    def counts(self, index: int) -> bool:
        """Whether an item is one of those that make the score; known at the end only."""
        return self.ended and self.items[index].question.id in self.record.plan["scored"]

    # ------------------------------------------------------------------ the store

    def _now(self) -> Record:
        """The record as it is in the store, which another notebook may have changed."""
        if self.close_if_over():
            when = "Time is over" if self.by_time else "The exam has ended"
            raise OverError(f"{when}: this no longer counts.")
        return self.record

    def _flagged(self) -> set[str]:
        return set(marks.flagged(self.store, since=self.record.begun))

    def _change(self, *others: Flag, **state: Any) -> None:
        record, at = self._now(), _text(self._clock())
        self._keep(replace(record, at=at, state={**record.state, **state}), *others)

    def _end(self, at: datetime, *, by_time: bool) -> None:
        correct = {
            item.question.id: Verdict(item, chosen).correct
            for index, item in enumerate(self.items)
            if (chosen := self.chosen(index))
        }
        questions = [item.question for item in self.items]
        found = scoring.result(self.blueprint, questions, self.record.plan["scored"], correct)
        state = {**self.record.state, "by_time": by_time, "result": asdict(found)}
        ended = replace(self.record, at=_text(self._clock()), state=state, ended=_text(at))
        self._keep(ended, *self._answers(correct, at))

    def _answers(self, correct: Mapping[str, bool], at: datetime) -> list[Answer]:
        """The answers as records of their own, for everything that looks at a learner's answers."""
        chosen = self.record.state.get("chosen", {})
        return [
            Answer(
                at=_text(at),
                id=f"{self.record.id}-{question}",
                question=question,
                correct=right,
                mode=KIND,
                sitting=self.record.id,
                chosen=tuple(chosen[question]),
            )
            for question, right in correct.items()
        ]

    def _keep(self, record: Record, *others: Answer | Flag) -> None:
        self.record = record
        self.store.add(record, *others)


# ---------------------------------------------------------------------- beginning and coming back


def begin(
    paper: Paper, store: Store | None = None, clock: Clock = wall_clock, files: Sequence[Path] = ()
) -> Sitting:
    """Begin to sit a paper; its clock runs from now on. `files` are own questions in it."""
    store = store or here()
    start = clock()
    deadline = start + timedelta(minutes=paper.minutes)
    plan = {
        "mode": paper.mode.value,
        "about": paper.about,
        "seed": paper.seed,
        "questions": [question.id for question in paper.questions],
        "scored": sorted(paper.scored),
        "minutes": paper.minutes,
        "deadline": "" if paper.mode is Mode.REVIEW else _text(deadline),
        "files": [str(path.resolve()) for path in files],
    }
    record = Record(
        at=_text(start), begun=_text(start), kind=KIND, title=title_of(paper),
        exam=paper.blueprint.code, plan=plan,
    )  # fmt: skip
    store.add(record)
    return Sitting(record, _bank_of(paper.questions), store, clock)


def load(record: Record, store: Store | None = None, clock: Clock = wall_clock) -> Sitting:
    """A sitting from its record: to go on with it, or to look at it again.

    Own questions of files that are gone or wrong by now are left out, as are questions that the
    course does not have any more: `Sitting.gone` says how many.
    """
    files = map(Path, record.plan.get("files", []))
    return Sitting(record, own.readable(files), store or here(), clock)


def records(store: Store | None = None, exam: str = "") -> list[Record]:
    """The mock exams of a learner, oldest first; those of one exam where it is named."""
    where = {"kind": KIND} | ({"exam": exam} if exam else {})
    return (store or here()).all(Record, **where)


def opened(
    store: Store | None = None, exam: str = "", clock: Clock = wall_clock
) -> tuple[list[Sitting], list[Sitting]]:
    """Exams that still go on, and those whose time ran out while nobody looked (closed now)."""
    found = [load(each, store, clock) for each in records(store, exam) if not each.ended]
    return [s for s in found if not s.ended], [s for s in found if s.ended]


def seen(store: Store | None = None) -> set[str]:
    """Ids of the questions that earlier mock exams showed."""
    return {question for record in records(store) for question in record.plan["questions"]}


def result_of(record: Record) -> Result:
    """The result that a record of an ended exam keeps."""
    kept = dict(record.state["result"])
    kept["sections"] = tuple(Section(**each) for each in kept["sections"])
    return Result(**kept)


def title_of(paper: Paper) -> str:
    """What a paper is called in lists: `SAA-C03, section: Design Secure Architectures`."""
    about = f": {paper.about}" if paper.about else ""
    return f"{paper.blueprint.code}, {paper.mode}{about}"


def _bank_of(questions: Sequence[Question]) -> Bank:
    return Bank((Topic("paper", "Paper", 0, tuple(questions)),))


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
