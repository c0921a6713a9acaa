"""How a learner stands with the questions: by topic and by exam, and what to study next and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ecs_lab.exam import blueprints, scoring
from ecs_lab.exam.blueprints import Blueprint
from ecs_lab.progress import Answer, Store
from ecs_lab.quiz import marks, readiness
from ecs_lab.quiz.cards import Day, Deck
from ecs_lab.quiz.model import Bank, Question, Topic
from ecs_lab.quiz.practice import open_sittings
from ecs_lab.quiz.readiness import Range, Readiness, Tried

UNSURE = 5
"""Below so many answered questions of a topic, what is said of it mostly comes from the others."""


@dataclass(frozen=True)
class TopicStanding:
    """One topic: of its questions, how many were answered, missed last time, and are due.

    `share` is what share of new questions on it would be answered rightly.
    """

    name: str
    title: str
    questions: int
    answered: int
    missed: int
    due: int
    share: Range


@dataclass(frozen=True)
class ExamStanding:
    """One exam: the probability to pass it on questions like this course's.

    `readiness` is None where there are too few answers; `why_not` then says so.
    """

    code: str
    name: str
    questions: int
    answered: int
    readiness: Readiness | None
    why_not: str
    notices: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """Something to do next, why, and the words that do it in a terminal."""

    what: str
    why: str
    words: str


@dataclass(frozen=True)
class Overview:
    """All of it, at one moment."""

    answers: int
    topics: tuple[TopicStanding, ...]
    exams: tuple[ExamStanding, ...]
    forecast: tuple[Day, ...]
    suggestions: tuple[Suggestion, ...]


def overview(bank: Bank, store: Store, now: datetime, exam: str = "") -> Overview:
    """How a learner stands; with an exam's code, what is next is chosen among its questions.

    Questions that the bank has not (generated ones) are left out. Raises
    `ecs_lab.exam.blueprints.UnknownExamError`.
    """
    today, known = now.astimezone().date(), {question.id for question in bank.questions}
    answers = [each for each in store.all(Answer) if each.question in known]
    deck = Deck(answers)
    tried = readiness.first_answers(answers, bank.questions)
    wrong = known.intersection(marks.missed(store))
    topics = tuple(_topic(topic, deck, wrong, tried, today) for topic in bank.topics)
    wanted = _asked(blueprints.find(exam), bank) if exam else bank.questions
    return Overview(
        len(answers),
        topics,
        tuple(_exam(each, bank, tried, today) for each in sittable(today)),
        tuple(deck.forecast(now)),
        tuple(_suggestions(topics, wanted, deck, store, now)),
    )


def sittable(today: date) -> list[Blueprint]:
    """AWS's exams whose last day has not passed."""
    return [each for each in blueprints.load() if not each.ours and not each.ended(today)]


def _topic(
    topic: Topic, deck: Deck, wrong: set[str], tried: Sequence[Tried], today: date
) -> TopicStanding:
    ids = {question.id for question in topic.questions}
    able = readiness.topic_ability(tried, topic.name, today)
    return TopicStanding(
        topic.name,
        topic.title,
        len(ids),
        sum(question in deck for question in ids),
        len(ids & wrong),
        len(ids.intersection(deck.due(today))),
        readiness.share(able, topic.questions),
    )


def _asked(exam: Blueprint, bank: Bank) -> tuple[Question, ...]:
    """The bank's questions that are for an exam, in the forms that it has."""
    tag = exam.tag or exam.code
    return tuple(q for q in bank.questions if tag in q.exams and not q.extra)


def _exam(exam: Blueprint, bank: Bank, tried: Sequence[Tried], today: date) -> ExamStanding:
    questions = _asked(exam, bank)
    of_exam = [each for each in tried if each[0] in questions]
    ready = readiness.readiness(of_exam, questions, exam.scored, needed(exam), today)
    why_not = "" if ready else _why_not(len(questions), len(of_exam))
    return ExamStanding(
        exam.code,
        exam.name,
        len(questions),
        len(of_exam),
        ready,
        why_not,
        tuple(blueprints.days(exam, today)),
    )


def needed(exam: Blueprint) -> int:
    """How many right answers pass, by the straight line of `ecs_lab.exam.scoring`."""
    every = range(exam.scored + 1)
    return next(n for n in every if scoring.scaled(n, exam.scored) >= exam.pass_score)


def _why_not(there: int, answered: int) -> str:
    if there < readiness.LEAST:
        return f"too few questions here to say ({there}; it takes {readiness.LEAST})"
    return f"too few answers to say: {answered} of the {readiness.LEAST} that it takes"


def _suggestions(
    topics: Sequence[TopicStanding],
    wanted: Sequence[Question],
    deck: Deck,
    store: Store,
    now: datetime,
) -> list[Suggestion]:
    """What was left, what is being forgotten, and where most is to be gained."""
    found = []
    if left := open_sittings(store):
        found.append(
            Suggestion(f"Go on with {left[0].title}", "you left it unfinished", "quiz --resume")
        )
    if due := len(deck.due(now.astimezone().date())):
        kept = deck.forecast(now, 1)[0].retention
        why = f"of all you have seen you still know about {percent(kept)}; this keeps it up"
        found.append(Suggestion(f"Answer what is due: {due}", why, "quiz --due"))
    if not len(deck):
        return [Suggestion("Begin with some questions", "none is answered yet", "quiz start-here")]
    gains = {each.name: _gain(each, wanted) for each in topics}
    best = max(topics, key=lambda each: gains[each.name])
    if gains[best.name]:
        found.append(_of_topic(best))
    return found


def _gain(topic: TopicStanding, wanted: Sequence[Question]) -> float:
    """How many of the questions that are asked would be answered wrongly."""
    return sum(q.topic == topic.name for q in wanted) * (1 - topic.share.value)


def _of_topic(topic: TopicStanding) -> Suggestion:
    wrong = round(10 * (1 - topic.share.value))
    why = f"of ten new questions on it you would miss about {wrong}, and many are asked"
    if topic.answered < UNSURE:
        why = f"many questions are asked on it, and you have answered {topic.answered or 'none'}"
    return Suggestion(f"Practise {topic.title}", why, f"quiz {topic.name} --weak")


def percent(share: float) -> str:
    """A share in words: never 0 or 100 %, which nobody can promise.

    >>> percent(0.62), percent(0.999)
    ('62 %', '99 %')
    """
    return f"{min(max(round(100 * share), 1), 99)} %"


def between(range_: Range) -> str:
    """A number that is not known exactly: `62 % (likely 48 to 75 %)`."""
    low = percent(range_.low).removesuffix(" %")
    return f"{percent(range_.value)} (likely {low} to {percent(range_.high)})"
