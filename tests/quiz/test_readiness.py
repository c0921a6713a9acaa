"""Readiness: that the stated probabilities are what happens, and that little is said of little."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest
from questions import matching, ordering, question

from ecs_lab.progress import Answer
from ecs_lab.quiz import readiness
from ecs_lab.quiz.readiness import (
    ABILITY_SD,
    DIFFICULTY,
    DIFFICULTY_SD,
    DRIFT_A_DAY,
    Tried,
    ability,
    chance,
    first_answers,
    guess,
    topic_ability,
)

TODAY = date(2026, 11, 26)
BANK = [question(number, difficulty=1 + number % 3) for number in range(90)]
COUNT, NEEDED = 50, 35


def simulated(seed: int, answers: int = 60, days: int = 30) -> tuple[list[Tried], bool]:
    """A made-up learner's answers, and whether they then pass a real exam of fresh questions.

    Each question has its own true difficulty about the bank's, and the ability drifts with time:
    nothing here uses the code under test.
    """
    chance_of = random.Random(seed)
    now = chance_of.gauss(0, ABILITY_SD)
    tried = []
    for number in range(answers):
        if number and number * days // answers != (number - 1) * days // answers:
            now += chance_of.gauss(0, math.sqrt(DRIFT_A_DAY))
        day = TODAY - timedelta(days=days - 1 - number * days // answers)
        tried.append((BANK[number], _right(BANK[number].difficulty, now, chance_of), day))
    scored = sum(_right(1 + place % 3, now, chance_of) for place in range(COUNT))
    return tried, scored >= NEEDED


def _right(difficulty: int, able: float, chance_of: random.Random) -> bool:
    hard = chance_of.gauss(DIFFICULTY[difficulty], DIFFICULTY_SD)
    return chance_of.random() < 0.25 + 0.75 / (1 + math.exp(hard - able))


@pytest.mark.parametrize(("answers", "seed"), [(20, 0), (60, 10_000)])
def test_stated_probabilities_are_what_happens(answers: int, seed: int) -> None:
    """Of those told 30 to 40 %, about 35 % pass; so in every tenth, with few answers and many."""
    told: dict[int, list[tuple[float, bool]]] = {}
    for learner in range(500):
        tried, passed = simulated(seed + learner, answers)
        found = readiness.readiness(tried, BANK, COUNT, NEEDED, TODAY)
        assert found is not None
        told.setdefault(min(int(found.passing.value * 10), 9), []).append(
            (found.passing.value, passed)
        )
    checked = 0
    for pairs in told.values():
        if len(pairs) < 15:
            continue
        stated = sum(value for value, _ in pairs) / len(pairs)
        happened = sum(passed for _, passed in pairs) / len(pairs)
        room = 3 * math.sqrt(max(stated * (1 - stated), 0.01) / len(pairs))
        assert abs(stated - happened) <= room, (stated, happened, len(pairs))
        checked += len(pairs)
    assert checked >= 400


def test_ranges_hold_what_they_say() -> None:
    """The true share of right answers lies in the stated range about four times in five."""
    inside = 0
    for learner in range(300):
        chance_of = random.Random(learner)
        able = chance_of.gauss(0, ABILITY_SD)
        tried = [(q, _right(q.difficulty, able, chance_of), TODAY) for q in BANK[:40]]
        true = sum(
            0.25 + 0.75 / (1 + math.exp((DIFFICULTY[d] - able) / readiness.SPREAD))
            for d in (1, 2, 3)
        ) / 3  # fmt: skip
        found = readiness.share(ability(tried, TODAY), BANK)
        inside += found.low <= true <= found.high
    assert 0.72 <= inside / 300 <= 0.9


def test_more_answers_say_more() -> None:
    """The range of a learner who answers three of four rightly gets narrower."""
    widths = []
    for count in (20, 40, 80):
        tried = [(BANK[n], n % 4 != 0, TODAY) for n in range(count)]
        found = readiness.share(ability(tried, TODAY), BANK)
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] * 0.75


def test_nothing_is_said_of_few_answers() -> None:
    """Below the least number of answers there is no probability at all."""
    tried = [(BANK[n], True, TODAY) for n in range(readiness.LEAST)]
    assert readiness.readiness(tried[:-1], BANK, COUNT, NEEDED, TODAY) is None
    assert readiness.readiness(tried, BANK, COUNT, NEEDED, TODAY) is not None


def test_only_the_first_answer_to_a_question_counts() -> None:
    """Answering again what was just explained does not make anybody readier."""
    answers = [
        Answer("question-00", False, at="2026-11-20T09:00:00+00:00"),
        Answer("question-00", True, at="2026-11-21T09:00:00+00:00"),
        Answer("unknown", True, at="2026-11-21T09:00:00+00:00"),
    ]
    assert first_answers(answers, BANK) == [(BANK[0], False, date(2026, 11, 20))]


def test_time_makes_it_less_certain() -> None:
    """What was shown two months ago says less about today."""
    tried = [(BANK[n], n % 4 != 0, TODAY) for n in range(60)]
    soon = readiness.share(ability(tried, TODAY), BANK)
    late = readiness.share(ability(tried, TODAY + timedelta(days=60)), BANK)
    assert late.high - late.low > 1.2 * (soon.high - soon.low)


def test_a_topic_has_an_ability_of_its_own_and_borrows_from_the_others() -> None:
    """A weak topic among strong ones is found; one without answers is taken to be like the rest."""
    strong = [(question(n, topic="trees"), n % 10 != 0, TODAY) for n in range(30)]
    weak = [(question(n + 40, topic="birds"), n % 4 == 0, TODAY) for n in range(12)]
    tried = [*strong, *weak]
    of = {
        name: chance(topic_ability(tried, name, TODAY), BANK[1])
        for name in ("trees", "birds", "new")
    }
    assert of["birds"] < of["new"] < of["trees"]


def test_guessing_is_as_likely_as_chance_is() -> None:
    """One of four, two of five, an order of four, and three matches out of four."""
    found = [guess(q) for q in (question(), question(1, right=(0, 1)), ordering(), matching())]
    assert found == [1 / 4, 1 / 10, 1 / 24, 1 / 24]
