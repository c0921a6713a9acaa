"""The scaled score of a mock exam: an estimate, and how the sections came out.

AWS reports 100 to 1000 and passes by the whole alone: a weak section can be made up for by a strong
one (compensatory scoring), blanks count as wrong, and unscored questions do not count. How many
right answers give which score differs from form to form (AWS equates them by difficulty) and is
not published. The straight line here is therefore ours: nothing right is 100, all right is 1000.

Sources: https://aws.amazon.com/certification/policies/after-testing/
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecs_lab.exam.blueprints import Blueprint
    from ecs_lab.quiz.model import Question

LOWEST, HIGHEST = 100, 1000
OTHER = "Other topics"
ESTIMATE = (
    "An estimate: AWS does not publish how right answers become a score. "
    "Here it is a straight line, from 100 with none right to 1000 with all right."
)


@dataclass(frozen=True)
class Section:
    """How a domain of the exam (or a topic) came out."""

    name: str
    right: int
    total: int


@dataclass(frozen=True)
class Result:
    """The result of a mock exam; `scaled` and `margin` are estimates, in points of 100 to 1000.

    `right` of `scored` questions that count were right; `blank` of them had no answer. `margin` is
    one standard error: what chance alone does to a score from so few questions.
    """

    right: int
    scored: int
    blank: int
    scaled: int
    margin: int
    pass_score: int
    sections: tuple[Section, ...]

    @property
    def passed(self) -> bool:
        """Whether the estimate reaches the score that passes."""
        return self.scaled >= self.pass_score


def result(
    blueprint: Blueprint,
    questions: Sequence[Question],
    scored: Iterable[str],
    correct: Mapping[str, bool],
) -> Result:
    """The result of a paper: ids of the questions that count, and of each answered one whether it
    was right. A question that `correct` does not have is a blank.
    """
    counting = [question for question in questions if question.id in set(scored)]
    right = sum(correct.get(question.id, False) for question in counting)
    return Result(
        right,
        len(counting),
        sum(question.id not in correct for question in counting),
        scaled(right, len(counting)),
        margin(right, len(counting)),
        blueprint.pass_score,
        _sections(blueprint, counting, correct),
    )


def scaled(right: int, scored: int) -> int:
    """The estimated score, from 100 to 1000; 100 where nothing counts.

    >>> scaled(0, 50), scaled(25, 50), scaled(50, 50)
    (100, 550, 1000)
    """
    share = right / scored if scored else 0
    return LOWEST + round((HIGHEST - LOWEST) * share)


def margin(right: int, scored: int) -> int:
    """One standard error of the score, by the Wilson interval, which does not vanish at all right.

    >>> margin(35, 50), margin(50, 50)
    (58, 9)
    """
    if not scored:
        return 0
    share = right / scored
    spread = math.sqrt(share * (1 - share) / scored + 1 / (4 * scored**2)) / (1 + 1 / scored)
    return round((HIGHEST - LOWEST) * spread)


def section_of(blueprint: Blueprint, question: Question) -> str:
    """The domain that this course counts a question to, by its main concept: a domain that names
    the concept itself (FG-01) comes before one that names its kind (FG).
    """
    main = question.concepts[0]
    for each in (main, main.partition("-")[0]):
        for domain in blueprint.domains:
            if each in domain.concepts:
                return domain.name
    return OTHER


def _sections(
    blueprint: Blueprint, counting: Sequence[Question], correct: Mapping[str, bool]
) -> tuple[Section, ...]:
    by_name: dict[str, list[bool]] = {domain.name: [] for domain in blueprint.domains}
    for question in counting:
        name = section_of(blueprint, question) if blueprint.domains else question.topic
        by_name.setdefault(name, []).append(correct.get(question.id, False))
    return tuple(Section(name, sum(each), len(each)) for name, each in by_name.items() if each)
