"""What to practise: which questions, by topic, by exam, by weakness, by what is due or flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ecs_lab.coursefile import nearest
from ecs_lab.progress import Answer, Store, here
from ecs_lab.quiz import marks, readiness
from ecs_lab.quiz.cards import Deck
from ecs_lab.quiz.model import Bank, Question, Topic

WAYS = {
    "weak": "Your weak points",
    "due": "Due today",
    "flagged": "Flagged questions",
    "missed": "Missed last time",
}
"""By what questions can be chosen, each with its title."""
FRESH = 10
"""How many questions are asked where no number is said, and no topic."""


class NothingToAskError(LookupError):
    """There is no question for such a wish; one sentence says why, and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence alone."""
        return [str(self)]


@dataclass(frozen=True)
class Wish:
    """What somebody wants to practise; all that is named has to hold.

    `way` is one of `WAYS`, `count` how many of the questions found first are taken (None: all).
    """

    topic: str = ""
    exam: str = ""
    way: str = ""
    count: int | None = None


def chosen(wish: Wish, bank: Bank, now: datetime, store: Store | None = None) -> Topic:
    """The questions of a wish as a topic of its own; raises `NothingToAskError`."""
    asked = _of_exam(_of_topic(bank, wish), wish)
    store = store or here()
    if wish.way:
        asked = _by(wish.way, asked, bank, now, store)
    if not asked:
        raise NothingToAskError(_WHY_NONE.get(wish.way, f"There is no question on {wish.exam}."))
    if wish.way:
        asked = asked[: wish.count]
    name = "-".join(filter(None, (wish.topic, wish.exam, wish.way)))
    return Topic(name, _title(wish, bank), 0, tuple(asked))


def exams(bank: Bank) -> list[str]:
    """The exams that questions of the bank are for."""
    return sorted({exam for question in bank.questions for exam in question.exams})


def weakest_first(
    questions: Sequence[Question], bank: Bank, answers: Sequence[Answer], now: datetime
) -> list[Question]:
    """Questions in the order of how likely they are answered wrongly today.

    One seen before counts as what is still known of it, and one missed last time as unknown; of a
    new one is asked how likely it is by the ability in its topic.
    """
    deck = Deck(answers)
    today = now.astimezone().date()
    tried = readiness.first_answers(answers, bank.questions)
    topics = {question.topic for question in questions}
    able = {topic: readiness.topic_ability(tried, topic, today) for topic in topics}

    def known(question: Question) -> float:
        if question.id in deck:
            return deck.known(question.id, now)
        return readiness.chance(able[question.topic], question)

    return sorted(questions, key=known)


def _of_topic(bank: Bank, wish: Wish) -> list[Question]:
    return [q for q in bank.questions if wish.topic in ("", q.topic)]


def _of_exam(questions: list[Question], wish: Wish) -> list[Question]:
    return [q for q in questions if not wish.exam or wish.exam in q.exams]


def known_exam(code: str, bank: Bank) -> str:
    """An exam's code in capitals; raises `NothingToAskError` for one that no question is for."""
    if code.upper() in (known := exams(bank)):
        return code.upper()
    raise NothingToAskError(f"No question is for {code!r}. {nearest(code.upper(), known)}")


def known_way(way: str) -> str:
    """A way of `WAYS`, or nothing; raises `NothingToAskError` for any other."""
    if way in ("", *WAYS):
        return way
    raise NothingToAskError(f"Questions are not chosen by {way!r}. {nearest(way, list(WAYS))}")


def _by(
    way: str, questions: list[Question], bank: Bank, now: datetime, store: Store
) -> list[Question]:
    answers = store.all(Answer)
    if way == "weak":
        return weakest_first(questions, bank, answers, now)
    if way == "due":
        ids = Deck(answers).due(now.astimezone().date())
    else:
        ids = marks.missed(store) if way == "missed" else marks.flagged(store)
    by_id = {question.id: question for question in questions}
    return [by_id[each] for each in ids if each in by_id]


_WHY_NONE = {
    "due": "Nothing is due today. What you answer now comes again when you are about to forget it.",
    "flagged": "You have flagged no question here. Type 'flag' at a question, or press Flag.",
    "missed": "You have missed no question here.",
}


def _title(wish: Wish, bank: Bank) -> str:
    of = [topic.title for topic in bank.topics if topic.name == wish.topic]
    return ", ".join(filter(None, (*of, wish.exam, WAYS.get(wish.way, ""))))
