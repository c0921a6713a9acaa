"""Spaced repetition: what is due, what is still known, and that it follows from the answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from ecs_lab.progress import Answer
from ecs_lab.quiz.cards import Deck

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def answer(question: str, right: bool, days: float = 0) -> Answer:
    """An answer so many days after the first noon."""
    return Answer(question, right, at=(NOON + timedelta(days=days)).isoformat())


def test_right_answers_come_again_later_and_later() -> None:
    """Each right answer on the due day makes the next pause longer."""
    answers, days, pauses = [], 0, []
    for _ in range(4):
        answers.append(answer("a", True, days))
        due = Deck(answers).due_on("a")
        assert due is not None
        pauses.append((due - NOON.date()).days - days)
        days += pauses[-1]
    assert pauses[0] >= 1
    assert all(later > earlier for earlier, later in pairwise(pauses))


def test_a_wrong_answer_comes_again_soon() -> None:
    """The next day when it was the first, and within days also after it had been right a while."""
    assert Deck([answer("a", False)]).due_on("a") == date(2026, 11, 21)
    before = [answer("a", True), answer("a", True, 2)]
    deck = Deck([*before, answer("a", False, 13)])
    assert deck.due_on("a") == date(2026, 12, 5)
    right = Deck([*before, answer("a", True, 13)]).due_on("a")
    assert right is not None
    assert right > date(2026, 12, 20)
    assert deck.known("a", NOON + timedelta(days=13)) == 0.0


def test_due_is_ordered_by_how_long_it_is_overdue() -> None:
    """What waits longest comes first; what is not due, not at all."""
    deck = Deck([answer("late", True), answer("soon", True, 5), answer("later", True, 3)])
    assert deck.due(date(2026, 11, 24)) == ["late"]
    assert deck.due(date(2026, 12, 30)) == ["late", "later", "soon"]


def test_forecast_counts_each_question_once_and_retention_falls() -> None:
    """Overdue ones are today's; retention without practice goes down from day to day."""
    deck = Deck([answer("a", True), answer("b", True, 1), answer("c", False, 1)])
    days = deck.forecast(NOON + timedelta(days=4), days=10)
    assert [day.due for day in days] == [3] + [0] * 9
    kept = [day.retention for day in days]
    assert kept == sorted(kept, reverse=True)
    assert 0.5 < kept[-1] < kept[0] < 1
    assert Deck([]).forecast(NOON) == []


def test_cards_do_not_depend_on_chance_or_on_the_machine() -> None:
    """The same answers give the same days again."""
    answers = [answer(name, name != "b", day) for day, name in enumerate("abcabcabc")]
    first, second = Deck(answers), Deck(answers)
    assert [first.due_on(name) for name in "abc"] == [second.due_on(name) for name in "abc"]
    assert first.due_on("never") is None
    assert ("a" in first, "never" in first, len(first)) == (True, False, 3)
