"""When each question comes again: FSRS over all answers, in whole days.

A question is a card, an answer a review of it: wrong is FSRS's "Again", right its "Good". Nothing
of this is kept: the cards follow from the answers, so that those of two notebooks, or of an import,
never disagree.

>>> from ecs_lab.progress import Answer
>>> deck = Deck([Answer("a-question", True, at="2026-11-20T09:00:00+00:00")])
>>> deck.due(date(2026, 11, 21)), deck.due(date(2026, 11, 22))
([], ['a-question'])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

    from ecs_lab.progress import Answer


@dataclass(frozen=True)
class Day:
    """One day of the forecast, if nothing is answered until then.

    `due` is how many questions become due on it (on the first day also those that were due before),
    `retention` the share of the questions seen so far that is still known then.
    """

    day: date
    due: int
    retention: float


class Deck:
    """The cards of all questions that were answered."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._cards: dict[str, Card] = {}
        self._right: dict[str, bool] = {}
        for answer in answers:
            self._review(answer)

    def _review(self, answer: Answer) -> None:
        from fsrs import Card, Rating

        at = datetime.fromisoformat(answer.at).astimezone(UTC)
        card = self._cards.get(answer.question) or Card(len(self._cards) + 1, due=at)
        rating = Rating.Good if answer.correct else Rating.Again
        self._cards[answer.question], _ = _scheduler().review_card(card, rating, at)
        self._right[answer.question] = answer.correct

    def __len__(self) -> int:
        return len(self._cards)

    def __contains__(self, question: str) -> bool:
        return question in self._cards

    def due_on(self, question: str) -> date | None:
        """The day on which a question comes again; None for one that was never answered."""
        return _day(self._cards[question]) if question in self._cards else None

    def due(self, today: date) -> list[str]:
        """Questions to be answered again today, the longest overdue first."""
        late = [(card.due, question) for question, card in self._cards.items()
                if _day(card) <= today]  # fmt: skip
        return [question for _, question in sorted(late)]

    def known(self, question: str, at: datetime) -> float:
        """How likely a question seen before is answered rightly; 0 if the last answer was wrong."""
        return self._retention(question, at) if self._right[question] else 0.0

    def forecast(self, now: datetime, days: int = 7) -> list[Day]:
        """Today and the days after it; empty where nothing was answered yet."""
        today = now.astimezone().date()
        falls = Counter(max(_day(card), today) for card in self._cards.values())
        found = []
        for ahead in range(days if self._cards else 0):
            day, then = today + timedelta(days=ahead), now + timedelta(days=ahead)
            kept = sum(self._retention(question, then) for question in self._cards)
            found.append(Day(day, falls[day], kept / len(self._cards)))
        return found

    def _retention(self, question: str, at: datetime) -> float:
        return float(_scheduler().get_card_retrievability(self._cards[question], at))


@cache
def _scheduler() -> Scheduler:
    """Whole days only: steps of minutes are for vocabulary, and the day's session shows reasons at
    once. Without FSRS's random fuzz the same answers give the same days on every machine.
    """
    from fsrs import Scheduler

    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _day(card: Card) -> date:
    """The day of the learner's calendar on which a card is due."""
    return card.due.astimezone().date()
