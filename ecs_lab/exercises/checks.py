"""What an exercise's `checks.py` is written with: the `check` decorator and its two answers.

    from ecs_lab.exercises.checks import Verdict, check, missed, passed

    @check("A cluster named shop is there", points=2)
    def cluster(lab: Lab) -> Verdict:
        found = lab.client("ecs").describe_clusters(clusters=["shop"])["clusters"]
        if found and found[0]["status"] == "ACTIVE":
            return passed
        return missed(expected="an ACTIVE cluster shop", found=..., why="...")

A check gets a lab whose world is a copy of the learner's: it may stop tasks, lose instances or
deploy, and nobody sees it. Its API calls move no time; `lab.wait` and `lab.settle` do.
What the learner got wrong is the value `missed(...)`; an exception is a fault of the course file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@dataclass(frozen=True, slots=True)
class Passed:
    """The check found what it looks for."""


@dataclass(frozen=True, slots=True)
class Missed:
    """The check did not find what it looks for: feedback for the learner, in words."""

    expected: str
    found: str
    why: str = ""
    see: str = ""


Verdict = Passed | Missed
"""What every check returns."""

passed = Passed()


def missed(*, expected: object, found: object, why: str = "", see: str = "") -> Missed:
    """The answer of a check that did not find what it looks for.

    Args:
        expected: what a right answer shows, such as "2 instances in 2 zones"
        found: what the learner's world shows instead; lists and dicts are shown as JSON
        why: one or two sentences on the cause, without giving the solution away
        see: where to read more: a page of AWS, or a section of a notebook
    """
    return Missed(_words(expected), _words(found), why, see)


@dataclass(frozen=True)
class Check:
    """One check of an exercise: a question about the learner's world, worth some points."""

    id: str
    title: str
    points: int
    needs: str
    ask: Callable[[Lab], Verdict]

    def __call__(self, lab: Lab) -> Verdict:
        """The verdict on a lab; the lab may be changed by it."""
        return self.ask(lab)


def check(
    title: str, *, points: int = 1, needs: str = ""
) -> Callable[[Callable[[Lab], Verdict]], Check]:
    """Make a check of a function that takes a lab; the function's name becomes the check's id.

    Args:
        title: what is checked, as a statement that is true of a right answer
        points: what it is worth
        needs: id of an earlier check; when that one is missed, this one is not reached
    """
    if not title.strip() or points < 1:
        raise ValueError(f"A check needs a title and at least 1 point, not {title!r}, {points}.")

    def make(ask: Callable[[Lab], Verdict]) -> Check:
        return Check(ask.__name__, title, points, needs, ask)

    return make


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
