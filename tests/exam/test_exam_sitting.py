"""Sitting a mock exam: the clock, the store, and what counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from questions import bank, question

from ecs_lab.exam import sitting as exams
from ecs_lab.exam.blueprints import find
from ecs_lab.exam.paper import Mode, Paper, Wish, draw
from ecs_lab.exam.sitting import OverError, Sitting, begin
from ecs_lab.progress import Answer, Flag, Store
from ecs_lab.progress import Sitting as Record
from ecs_lab.quiz import marks

SPRINT = find("SPRINT")
QUESTIONS = [question(0), question(1, right=(1, 3)), question(2)]
START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


class Hands:
    """A wall clock whose hands the test moves."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        """The moment."""
        return self.at

    def on(self, minutes: float) -> None:
        """Let time pass."""
        self.at += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Hands:
    """Noon."""
    return Hands()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A learner's file."""
    return Store(tmp_path / "progress.sqlite3")


def paper(mode: Mode = Mode.TIMED) -> Paper:
    """Three questions in six minutes."""
    return draw(SPRINT, bank(*QUESTIONS), Wish(mode))


@pytest.fixture
def now(store: Store, clock: Hands) -> Sitting:
    """An exam that has just begun."""
    return begin(paper(), store, clock)


def again(store: Store, clock: Hands) -> Sitting:
    """The same exam in another process: all that is left of it is the file."""
    fresh = Store(store.path)
    (record,) = fresh.all(Record)
    return Sitting(record, bank(*QUESTIONS), fresh, clock)


def right(sitting: Sitting, index: int) -> tuple[int, ...]:
    """The right answer as shown."""
    return sitting.items[index].right


def wrong(sitting: Sitting, index: int) -> tuple[int, ...]:
    """As many options, not the right ones."""
    item = sitting.items[index]
    return tuple(i for i in range(len(item.options)) if i not in item.right)[: len(item.right)]


def test_answers_and_flags_survive_a_restart(now: Sitting, store: Store, clock: Hands) -> None:
    """A new process sees the same questions in the same order, with what was done so far."""
    now.answer(0, right(now, 0))
    now.flag(1)
    now.look_at(2)
    back = again(store, clock)
    assert [item.options for item in back.items] == [item.options for item in now.items]
    assert back.chosen(0) == right(now, 0)
    assert [back.flagged(i) for i in range(3)] == [False, True, False]
    assert (back.position, back.blanks, back.ended) == (2, [1, 2], False)
    clock.on(2)
    assert back.left_s == 4 * 60


def test_answers_can_be_changed_and_taken_back(now: Sitting) -> None:
    """Until the end the last choice stands, and none at all is a blank."""
    now.answer(0, wrong(now, 0))
    now.answer(0, right(now, 0))
    assert now.chosen(0) == right(now, 0)
    now.answer(0, ())
    assert 0 in now.blanks


def test_nothing_is_said_of_right_or_wrong_before_the_end(now: Sitting) -> None:
    """Neither verdicts nor what counts nor a result can be had."""
    now.answer(0, right(now, 0))
    with pytest.raises(OverError, match="shown at the end"):
        now.verdict(0)
    with pytest.raises(OverError, match="shown at the end"):
        _ = now.result
    assert not any(now.counts(index) for index in range(3))


def test_answers_after_the_deadline_do_not_count(now: Sitting, clock: Hands) -> None:
    """However busy the kernel was: the clock on the wall ends the exam, as of the deadline."""
    now.answer(0, right(now, 0))
    clock.on(6)
    with pytest.raises(OverError, match="Time is over: this no longer counts"):
        now.answer(1, right(now, 1))
    with pytest.raises(OverError, match="Time is over"):
        now.flag(1)
    assert (now.ended, now.by_time) == (True, True)
    assert now.record.ended == (START + timedelta(minutes=6)).isoformat(timespec="milliseconds")
    assert (now.result.right, now.result.blank) == (1, 2)


def test_exam_left_open_is_closed_as_of_its_deadline(
    now: Sitting, store: Store, clock: Hands
) -> None:
    """Who comes back the next day finds the exam over, with what was answered in time."""
    now.answer(0, right(now, 0))
    clock.on(24 * 60)
    back = again(store, clock)
    assert (back.ended, back.by_time, back.result.right) == (True, True, 1)
    assert back.record.ended == (START + timedelta(minutes=6)).isoformat(timespec="milliseconds")


def test_exam_ended_elsewhere_takes_no_more_answers(
    now: Sitting, store: Store, clock: Hands
) -> None:
    """Two notebooks on one exam: handed in in one, it is over in the other."""
    other = again(store, clock)
    now.answer(0, right(now, 0))
    now.finish()
    with pytest.raises(OverError, match="The exam has ended"):
        other.answer(1, right(other, 1))
    assert other.result == now.result


def test_change_made_elsewhere_is_kept(now: Sitting, store: Store, clock: Hands) -> None:
    """An answer of one notebook does not undo that of another."""
    other = again(store, clock)
    now.answer(0, right(now, 0))
    clock.on(0.1)
    other.answer(1, right(other, 1))
    assert again(store, clock).blanks == [2]


def test_end_scores_and_records_answers(now: Sitting, store: Store) -> None:
    """Select-two is all or nothing, blanks are wrong; the store has each answer of the exam."""
    two = next(i for i, item in enumerate(now.items) if item.question.select == 2)
    one, other = (i for i in range(3) if i != two)
    now.answer(two, right(now, two)[:1])  # one of two right options: wrong
    now.answer(one, right(now, one))
    result = now.finish()
    assert (result.right, result.scored, result.blank, result.scaled) == (1, 3, 1, 400)
    assert now.finish() == result
    answers = {answer.question: answer for answer in store.all(Answer)}
    assert len(answers) == 2
    kept = answers[now.items[one].question.id]
    assert (kept.correct, kept.mode, kept.sitting) == (True, "exam", now.record.id)
    assert kept.chosen == tuple(now.items[one].question.correct)
    assert not answers[now.items[two].question.id].correct
    assert now.items[other].question.id not in answers
    assert not now.by_time


def test_review_mode_has_no_clock_and_shows_reasons(store: Store, clock: Hands) -> None:
    """Verdicts can be had at once, and no deadline ends it."""
    found = begin(paper(Mode.REVIEW), store, clock)
    found.answer(0, wrong(found, 0))
    assert not found.verdict(0).correct
    clock.on(600)
    assert (found.left_s, found.close_if_over()) == (None, False)


def test_missed_and_seen_come_from_the_store(now: Sitting, store: Store) -> None:
    """Wrong ones and blanks are missed until they are answered right; all shown are seen."""
    now.answer(0, right(now, 0))
    now.answer(1, wrong(now, 1))
    now.finish()
    ids = [item.question.id for item in now.items]
    assert {*marks.missed(store)} == {ids[1], ids[2]}
    assert exams.seen(store) == {*ids}
    store.add(Answer(question=ids[1], correct=True, at="2099-01-01T00:00:00.000+00:00"))
    assert marks.missed(store) == [ids[2]]


def test_blank_is_missed_though_it_was_right_before(now: Sitting, store: Store) -> None:
    """What happened last counts: a right answer of the day before does not undo a blank."""
    before = (START - timedelta(days=1)).isoformat(timespec="milliseconds")
    (first, *rest) = [item.question.id for item in now.items]
    store.add(Answer(question=first, correct=True, at=before))
    assert marks.missed(store) == []
    now.finish()
    assert {*marks.missed(store)} == {first, *rest}


def test_flag_of_an_exam_is_the_flag_of_the_question(
    now: Sitting, store: Store, clock: Hands
) -> None:
    """Practice finds it; but an exam begins without the flags that were up before."""
    first, second, _ = [item.question.id for item in now.items]
    before = (START - timedelta(days=1)).isoformat(timespec="milliseconds")
    store.add(Flag(first, at=before))
    now = again(store, clock)
    assert not any(now.flagged(index) for index in range(3))
    assert now.flag(1)
    assert marks.flagged(store) == [first, second]
    assert now.flag(0)
    assert again(store, clock).flagged(0)
    assert not now.flag(0)
    assert marks.flagged(store) == [second]


def test_question_that_is_gone_is_left_out(now: Sitting, store: Store, clock: Hands) -> None:
    """A newer course without one of the questions: the others stay, and it is said how many."""
    now.answer(0, right(now, 0))
    now.finish()
    left = bank(*(q for q in QUESTIONS if q.id != now.items[2].question.id))
    back = Sitting(now.record, left, store, clock)
    assert (len(back.items), back.gone) == (2, 1)
    assert back.result == now.result
