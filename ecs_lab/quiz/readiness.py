"""How likely it is to pass, worked out from a learner's own answers.

An item-response model with one ability (Rasch's, with a chance to guess): a question is answered
rightly with probability

    guess + (1 - guess) * logistic((ability - difficulty) / spread)

The ability is unknown: it begins as a normal distribution, each first answer to a question changes
it by Bayes' rule on a grid, and from day to day it may drift. A question's difficulty is known only
roughly, from the bank (1 to 3); `spread` takes that up. Later answers to the same question say what
is remembered of it (`cards.py`), not what would be answered to a new one, and are left out.

What is said here is about questions like those of this course, on Amazon ECS. That the stated
probabilities match what happens is tested by simulation (tests/quiz/test_readiness.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from ecs_lab.quiz.model import CHOICE, MATCHING, Question

if TYPE_CHECKING:
    from ecs_lab.progress import Answer

GRID = tuple(step / 10 for step in range(-45, 46))
"""Abilities that are considered; 0 is half right at difficulty 2, without guessing."""
ABILITY_SD = 1.0
DIFFICULTY = {1: -1.0, 2: 0.0, 3: 1.0}
DIFFICULTY_SD = 0.7
SPREAD = math.sqrt(1 + math.pi * DIFFICULTY_SD**2 / 8)
"""Averaging a logistic over a normal difficulty flattens it by about this (MacKay 1992)."""
DRIFT_A_DAY = 0.01
"""Variance that the ability gains with each day: people learn and forget."""
TOPIC_SD = 0.5
"""How far the ability in one topic lies from that in the others."""
LEAST = 20
"""First answers that it takes before anything is said."""
LIKELY = 0.8
"""How much of the distribution lies between the low and the high end of a range."""

Weights = tuple[float, ...]
"""A distribution over GRID."""
Tried = tuple[Question, bool, date]
"""A question, whether its first answer was right, and the day of it."""


@dataclass(frozen=True)
class Range:
    """A number that is not known exactly: what to expect, and between what it likely lies."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Readiness:
    """What can be said of an exam: the share of right answers, and the probability to pass."""

    share: Range
    passing: Range


def first_answers(answers: Iterable[Answer], questions: Iterable[Question]) -> list[Tried]:
    """The first answer to each of the questions that was answered, oldest first."""
    by_id = {question.id: question for question in questions}
    firsts: dict[str, Answer] = {}
    for answer in answers:
        if answer.question in by_id:
            firsts.setdefault(answer.question, answer)
    return [(by_id[a.question], a.correct, _day(a)) for a in firsts.values()]


def ability(tried: Iterable[Tried], today: date, start: Weights | None = None) -> Weights:
    """What is known of the ability today."""
    weights, last = start or _prior(), None
    for day, of_day in groupby(sorted(tried, key=lambda each: each[2]), key=lambda each: each[2]):
        weights = _drifted(weights, DRIFT_A_DAY * (day - last).days) if last else weights
        for question, right, _ in of_day:
            weights = _seen(weights, _curve(question.difficulty, guess(question)), right)
        last = day
    ahead = max((today - last).days, 0) if last else 0
    return _drifted(weights, DRIFT_A_DAY * ahead)


def topic_ability(tried: Sequence[Tried], topic: str, today: date) -> Weights:
    """What is known of the ability in one topic: what the others make likely, then its own."""
    others = ability([each for each in tried if each[0].topic != topic], today)
    start = _drifted(others, TOPIC_SD**2)
    return ability([each for each in tried if each[0].topic == topic], today, start)


def share(weights: Weights, questions: Sequence[Question]) -> Range:
    """The share of such questions, new ones, that is answered rightly."""
    return _range(weights, _shares(questions))


def readiness(
    tried: Sequence[Tried], questions: Sequence[Question], count: int, needed: int, today: date
) -> Readiness | None:
    """For an exam of `count` questions like these of which `needed` must be right.

    None where fewer than `LEAST` of them were answered.
    """
    if len(tried) < LEAST:
        return None
    weights, shares = ability(tried, today), _shares(questions)
    passing = [_at_least(needed, count, each) for each in shares]
    return Readiness(_range(weights, shares), _range(weights, passing))


def chance(weights: Weights, question: Question) -> float:
    """How likely a new question is answered rightly."""
    curve = _curve(question.difficulty, guess(question))
    return sum(weight * right for weight, right in zip(weights, curve, strict=True))


def guess(question: Question) -> float:
    """How likely pure chance finds the answer."""
    count = len(question.options)
    if question.kind == CHOICE:
        return 1 / math.comb(count, question.select)
    answers = count + len(question.others) if question.kind == MATCHING else count
    return 1 / math.perm(answers, count)


def _day(answer: Answer) -> date:
    return datetime.fromisoformat(answer.at).astimezone().date()


@cache
def _prior() -> Weights:
    return _normed([math.exp(-((at / ABILITY_SD) ** 2) / 2) for at in GRID])


@cache
def _curve(difficulty: int, by_chance: float) -> Weights:
    """How likely a right answer is, at each ability."""
    return tuple(
        by_chance + (1 - by_chance) / (1 + math.exp((DIFFICULTY[difficulty] - at) / SPREAD))
        for at in GRID
    )


def _seen(weights: Weights, curve: Weights, right: bool) -> Weights:
    pairs = zip(weights, curve, strict=True)
    return _normed([weight * (p if right else 1 - p) for weight, p in pairs])


def _drifted(weights: Weights, variance: float) -> Weights:
    """The distribution after the ability has changed by a normal step."""
    if not variance:
        return weights
    kernel = _kernel(round(variance, 4))
    size, reach = len(GRID), len(kernel) - 1
    moved = [0.0] * size
    for place, weight in enumerate(weights):
        for to in range(max(place - reach, 0), min(place + reach + 1, size)):
            moved[to] += weight * kernel[abs(to - place)]
    return _normed(moved)


@cache
def _kernel(variance: float) -> Weights:
    """A normal step's weights by distance on the grid, as far as three deviations."""
    width = GRID[1] - GRID[0]
    reach = min(math.ceil(3 * math.sqrt(variance) / width), len(GRID) - 1)
    return tuple(math.exp(-((step * width) ** 2) / (2 * variance)) for step in range(reach + 1))


def _normed(weights: Sequence[float]) -> Weights:
    whole = sum(weights)
    return tuple(weight / whole for weight in weights)


def _shares(questions: Sequence[Question]) -> list[float]:
    """At each ability, the share of the questions that is answered rightly."""
    curves = [_curve(question.difficulty, guess(question)) for question in questions]
    return [sum(at) / len(curves) for at in zip(*curves, strict=True)]


def _range(weights: Weights, values: Sequence[float]) -> Range:
    """Of a value that rises with ability."""
    expected = sum(weight * value for weight, value in zip(weights, values, strict=True))
    tail, passed = (1 - LIKELY) / 2, 0.0
    low, high = values[-1], values[-1]
    for weight, value in zip(weights, values, strict=True):
        if passed < tail <= passed + weight:
            low = value
        if passed < 1 - tail <= passed + weight:
            high = value
        passed += weight
    return Range(expected, low, high)


def _at_least(needed: int, count: int, p: float) -> float:
    """How likely at least so many of the questions are right, each with probability p."""
    return sum(
        math.comb(count, right) * p**right * (1 - p) ** (count - right)
        for right in range(needed, count + 1)
    )
