"""The paper of a mock exam: which questions, which of them count, and how long it may take.

Questions in the extra forms (ordering, matching, case) are left out. Where the bank has fewer
questions than the exam, the paper is shorter and its time in proportion.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ecs_lab.coursefile import nearest
from ecs_lab.exam.scoring import section_of

if TYPE_CHECKING:
    from ecs_lab.exam.blueprints import Blueprint
    from ecs_lab.quiz.model import Bank, Question

PART = 20
"""Most questions of a paper on one topic, or on missed ones, where no number is asked for."""


class Mode(StrEnum):
    """How a mock exam is sat. Only `REVIEW` says at once what was right."""

    TIMED = "timed"
    FINAL = "final"
    SECTION = "section"
    TOPIC = "topic"
    MISSED = "missed"
    REVIEW = "review"


class NoPaperError(ValueError):
    """There is no question for what was asked; says what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence alone."""
        return [str(self)]


@dataclass(frozen=True)
class Wish:
    """What kind of paper is wanted.

    `section` is a domain's name or its number from 1, `topic` a topic's name, `missed` the ids of
    questions last answered wrong, `seen` those of earlier mock exams.
    """

    mode: Mode = Mode.TIMED
    seed: int = 0
    section: str = ""
    topic: str = ""
    count: int | None = None
    extra_minutes: int = 0
    missed: Collection[str] = ()
    seen: Collection[str] = ()


@dataclass(frozen=True)
class Paper:
    """Questions in the order of the paper, the ids of those that count, and the time."""

    blueprint: Blueprint
    mode: Mode
    seed: int
    questions: tuple[Question, ...]
    scored: frozenset[str]
    minutes: int
    about: str = ""
    notes: tuple[str, ...] = field(default=())


def draw(blueprint: Blueprint, bank: Bank, wish: Wish | None = None) -> Paper:
    """The paper that the seed gives; raises `NoPaperError` where there are no questions for it."""
    wish = wish or Wish()
    chance = random.Random(f"{wish.seed}:{blueprint.code}:{wish.mode}")
    pool, about = _pool(blueprint, bank, wish)
    chance.shuffle(pool)
    if wish.mode is Mode.FINAL:
        pool.sort(key=lambda question: question.id in wish.seen)  # the new ones first
    count = min(wish.count or _usual(blueprint, wish, len(pool)), len(pool))
    chosen = _by_weight(blueprint, pool, count)
    chance.shuffle(chosen)
    return Paper(
        blueprint,
        wish.mode,
        wish.seed,
        tuple(chosen),
        _scored(blueprint, wish.mode, chosen, chance),
        math.ceil(count * blueprint.minutes / blueprint.questions) + wish.extra_minutes,
        about,
        _notes(blueprint, wish, count),
    )


def _pool(blueprint: Blueprint, bank: Bank, wish: Wish) -> tuple[list[Question], str]:
    """The questions that may come, and in words what the paper is about."""
    tag = blueprint.tag or blueprint.code
    fitting = [q for q in bank.questions if not q.extra and (blueprint.ours or tag in q.exams)]
    fitting.sort(key=lambda question: question.id)
    about = ""
    if wish.mode is Mode.SECTION:
        about = _section_name(blueprint, wish.section)
        fitting = [q for q in fitting if section_of(blueprint, q) == about]
    elif wish.mode is Mode.TOPIC:
        about = wish.topic
        fitting = [q for q in fitting if q.topic == wish.topic]
    elif wish.mode is Mode.MISSED:
        about = "questions missed before"
        fitting = [q for q in fitting if q.id in wish.missed]
    if not fitting:
        raise NoPaperError(_nothing(blueprint, wish.mode, about))
    return fitting, about


def _nothing(blueprint: Blueprint, mode: Mode, about: str) -> str:
    if mode is Mode.MISSED:
        return (
            f"You have missed no question of {blueprint.code} so far: sit a timed exam, "
            "or answer questions with 'ecs-lab quiz'."
        )
    where = f" on {about!r}" if about else ""
    return (
        f"The course has no question for {blueprint.code}{where} yet: take another part, "
        "or a timed exam."
    )


def _section_name(blueprint: Blueprint, wanted: str) -> str:
    """The name of a domain, from its number or the name as typed."""
    names = [domain.name for domain in blueprint.domains]
    if not names:
        raise NoPaperError(f"{blueprint.code} has no sections here: choose a topic instead.")
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return names[int(wanted) - 1]
    for name in names:
        if name.casefold() == wanted.casefold():
            return name
    numbered = "; ".join(f"{number} {name}" for number, name in enumerate(names, 1))
    if not wanted or wanted.isdecimal():
        raise NoPaperError(f"Name a section of {blueprint.code} by its number: {numbered}.")
    raise NoPaperError(f"{blueprint.code} has no section {wanted!r}. {nearest(wanted, names)}")


def _usual(blueprint: Blueprint, wish: Wish, there: int) -> int:
    """How many questions a paper has where nobody says."""
    if wish.mode in (Mode.TIMED, Mode.FINAL, Mode.REVIEW):
        return blueprint.questions
    if wish.mode is Mode.SECTION and blueprint.weighted:
        name = _section_name(blueprint, wish.section)
        weight = next(domain.weight or 0 for domain in blueprint.domains if domain.name == name)
        return max(1, round(blueprint.questions * weight / 100))
    return min(PART, there)


def _by_weight(blueprint: Blueprint, pool: Sequence[Question], count: int) -> list[Question]:
    """So many of the pool, from its front, in the weights of the domains as far as it has them.

    What a domain cannot give, the others give.
    """
    if not blueprint.weighted:
        return list(pool[:count])
    wanted = shares([domain.weight or 0 for domain in blueprint.domains], count)
    chosen: list[Question] = []
    for domain, number in zip(blueprint.domains, wanted, strict=True):
        chosen += [q for q in pool if section_of(blueprint, q) == domain.name][:number]
    taken = {question.id for question in chosen}
    rest = [question for question in pool if question.id not in taken]
    return chosen + rest[: count - len(chosen)]


def shares(weights: Sequence[int], count: int) -> list[int]:
    """A number divided by weights into whole parts, the largest remainders rounded up.

    >>> shares([30, 26, 24, 20], 65)
    [19, 17, 16, 13]
    """
    total = sum(weights)
    exact = [count * weight / total for weight in weights]
    parts = [int(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: parts[i] - exact[i])
    for place in by_remainder[: count - sum(parts)]:
        parts[place] += 1
    return parts


def _scored(
    blueprint: Blueprint, mode: Mode, chosen: Iterable[Question], chance: random.Random
) -> frozenset[str]:
    """Ids of the questions that count; as in the exam, nobody can tell them from the others."""
    ids = [question.id for question in chosen]
    if mode in (Mode.TIMED, Mode.FINAL):
        unscored = blueprint.questions - blueprint.scored
        ids = chance.sample(ids, len(ids) - len(ids) * unscored // blueprint.questions)
    return frozenset(ids)


def _notes(blueprint: Blueprint, wish: Wish, count: int) -> tuple[str, ...]:
    """What is different from the real exam, in sentences."""
    whole = wish.mode in (Mode.TIMED, Mode.FINAL, Mode.REVIEW) and wish.count is None
    if not whole or count >= blueprint.questions:
        return ()
    shorter = (
        f"The course has {count} questions for {blueprint.code} now, the exam "
        f"{blueprint.questions}: this paper is shorter, and its time in proportion."
    )
    return (shorter,)
