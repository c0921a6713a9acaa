"""Practice: what is kept of it, and how it goes on after it was left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from questions import bank, matching, ordering, question

from ecs_lab.progress import Answer, Flag, Sitting, Store, using
from ecs_lab.quiz.bank import load_topic
from ecs_lab.quiz.choosing import NothingToAskError, Wish, chosen, known_exam, weakest_first
from ecs_lab.quiz.generators import practice as generated
from ecs_lab.quiz.model import Topic
from ecs_lab.quiz.practice import NothingLeftError, Practice, latest, open_sittings
from ecs_lab.quiz.session import ChoiceError, Session

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mine() -> Iterator[Store]:
    """An empty progress in memory."""
    with using(Store()) as store:
        yield store


def fargate() -> Practice:
    """Practice of three questions of the course."""
    return Practice.new(load_topic("fargate"), seed=7, count=3)


def wrong(practice: Practice, place: int) -> list[int]:
    """A wrong answer to a question of a choice."""
    item = practice.session.items[place]
    return [n for n in range(len(item.options)) if n not in item.right][: len(item.right)]


def test_looking_leaves_no_trace(mine: Store) -> None:
    """A quiz that nobody answered is not kept."""
    practice = fargate()
    practice.look(1)
    assert (mine.all(Sitting), mine.all(Answer)) == ([], [])
    with pytest.raises(NothingLeftError, match="ecs-lab quiz"):
        latest()


def test_left_practice_goes_on_where_it_was(mine: Store) -> None:
    """Answers, place, and what was chosen but not checked are there again, in the same order."""
    first = fargate()
    first.answer(0, first.session.items[0].right)
    first.drafts[2] = [1]
    first.look(2)
    again = latest()
    assert [i.question.id for i in again.session.items] == [
        i.question.id for i in first.session.items
    ]
    assert again.session.items[1].options == first.session.items[1].options
    assert again.session.verdicts[0].correct
    assert (again.position, again.drafts, again.over) == (2, {2: [1]}, False)
    again.answer(2, wrong(again, 2))
    again.answer(1, wrong(again, 1))
    assert again.over
    assert open_sittings() == []
    assert [a.correct for a in mine.all(Answer)] == [True, False, False]
    assert [s.ended != "" for s in mine.all(Sitting)] == [True]


def test_answers_say_how_long_in_which_sitting_and_what_was_chosen(mine: Store) -> None:
    """What is kept can be read without knowing how the options were shuffled."""
    practice = fargate()
    item = practice.session.items[0]
    practice.answer(0, item.right)
    (kept,) = mine.all(Answer)
    assert kept.question == item.question.id
    assert set(kept.chosen) == item.question.correct
    assert (kept.sitting, kept.mode) == (practice.sitting.id, "practice")
    assert kept.seconds >= 0


def test_time_runs_from_when_the_question_was_first_on_show(
    mine: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking at it again, as a flag or an explanation does, does not begin anew."""
    now_s = [0.0]
    monkeypatch.setattr("ecs_lab.quiz.practice.time.monotonic", lambda: now_s[0])
    practice = fargate()
    for now_s[0], place in ((5.0, 0), (20.0, 0)):
        practice.look(place)
    now_s[0] = 35.5
    practice.answer(0, practice.session.items[0].right)
    assert [each.seconds for each in mine.all(Answer)] == [30.5]


def test_no_answer_keeps_nothing(mine: Store) -> None:
    """A choice that is none leaves no sitting behind."""
    with pytest.raises(ChoiceError):
        fargate().answer(0, [])
    assert (mine.all(Sitting), mine.all(Answer)) == ([], [])


def test_an_answer_given_in_another_window_stands(mine: Store) -> None:
    """Two windows on one sitting see each other's answers before they add their own."""
    first = fargate()
    first.answer(0, first.session.items[0].right)
    other = latest()
    assert other.answer(1, wrong(other, 1)).correct is False
    assert first.answer(1, first.session.items[1].right).correct is False
    assert len(mine.all(Answer)) == 2


def test_same_quiz_shown_again_is_taken_up_until_it_is_over() -> None:
    """A cell that is run again shows where its quiz was left; a finished one begins anew."""
    topic = load_topic("fargate")
    first = Practice.like(topic, seed=1, count=2)
    first.answer(0, wrong(first, 0))
    assert Practice.like(topic, seed=1, count=2).sitting.id == first.sitting.id
    assert Practice.like(topic, seed=2, count=2).sitting.id != first.sitting.id
    first.answer(1, wrong(first, 1))
    assert Practice.like(topic, seed=1, count=2).session.verdicts == {}


def test_generated_questions_are_made_again(mine: Store) -> None:
    """A sitting keeps their ids alone."""
    first = Practice.new(generated(None, 3, seed=5), seed=5)
    first.answer(0, first.session.items[0].right)
    again = latest()
    assert again.session.items == first.session.items
    assert again.session.verdicts[0].correct


def test_sitting_whose_questions_are_gone_says_so() -> None:
    """The bank may have changed since."""
    gone = Sitting("practice", "Old", {"name": "old", "seed": 0, "questions": ["no-such"]})
    with pytest.raises(NothingLeftError, match="not in the bank"):
        Practice.resumed(gone)


def test_changed_question_is_asked_again(mine: Store) -> None:
    """An answer that does not fit the question any more is left out, not misread."""
    practice = fargate()
    practice.answer(0, practice.session.items[0].right)
    mine.add(replace(mine.all(Answer)[0], chosen=(9,)))
    assert latest().session.verdicts == {}


def test_flag_stays_with_the_question(mine: Store) -> None:
    """It is seen in every other practice, until it is taken down."""
    assert fargate().flag(0)
    assert fargate().session.items[0].question.id in fargate().flags
    assert not fargate().flag(0)
    assert fargate().flags == set()
    assert [flag.up for flag in mine.all(Flag)] == [False]


@pytest.mark.parametrize("asked", [question(1, right=(1, 3)), ordering(), matching()])
@pytest.mark.parametrize("seed", range(6))
def test_answer_in_places_of_the_file_comes_back(asked: object, seed: int) -> None:
    """For each form of question, and however it was shuffled."""
    (item,) = Session([asked], seed=seed).items  # type: ignore[list-item] # made above
    for shown in (item.right, tuple(sorted(item.right))):
        assert item.as_shown(item.as_filed(shown)) == shown
    with pytest.raises(ChoiceError, match="changed"):
        item.as_shown((9,) * len(item.right))


BANK = bank(
    question(0, exams=("SAA-C03",)), question(1, exams=("DVA-C03",)), question(2, difficulty=3)
)


def ask(wish: Wish, store: Store) -> list[str]:
    """Ids of what is chosen, in order."""
    return [q.id for q in chosen(wish, BANK, NOW, store).questions]


def test_practice_by_exam_and_topic(mine: Store) -> None:
    """Both have to hold; an exam is known in small letters, too."""
    assert ask(Wish(exam="DVA-C03"), mine) == ["question-01"]
    assert ask(Wish(topic="trees", exam="SAA-C03"), mine) == ["question-00", "question-02"]
    assert known_exam("dva-c03", BANK) == "DVA-C03"
    with pytest.raises(NothingToAskError, match="SAA-C03"):
        known_exam("SAA-C04", BANK)


def test_due_missed_and_flagged_questions_are_chosen(mine: Store) -> None:
    """Where there is none, a sentence says what to do."""
    for way, words in (("due", "Nothing is due"), ("missed", "missed no"), ("flagged", "flag")):
        with pytest.raises(NothingToAskError, match=words):
            chosen(Wish(way=way), BANK, NOW, mine)
    mine.add(
        Answer("question-00", True, at="2026-11-20T09:00:00+00:00"),
        Answer("question-01", False, at="2026-11-26T09:00:00+00:00"),
        Flag("question-02"),
        Flag("question-00", up=False),
    )
    assert ask(Wish(way="due"), mine) == ["question-00"]
    assert ask(Wish(way="missed"), mine) == ["question-01"]
    assert ask(Wish(way="flagged"), mine) == ["question-02"]


def test_weak_points_come_first(mine: Store) -> None:
    """What was missed, then hard new ones, then easy new ones, then what is fresh in memory."""
    four = (*BANK.questions, question(3, difficulty=1))
    answers = [
        Answer("question-00", True, at="2026-11-26T09:00:00+00:00"),
        Answer("question-01", False, at="2026-11-26T09:00:00+00:00"),
    ]
    found = weakest_first(four, bank(*four), answers, NOW)
    assert [q.id for q in found] == ["question-01", "question-02", "question-03", "question-00"]


def test_title_says_what_was_chosen(mine: Store) -> None:
    """So that a sitting is known by it when it is taken up again."""
    topic = chosen(Wish("trees", "SAA-C03", "weak", 1), BANK, NOW, mine)
    assert isinstance(topic, Topic)
    assert (topic.title, len(topic.questions)) == ("Trees, SAA-C03, Your weak points", 1)
