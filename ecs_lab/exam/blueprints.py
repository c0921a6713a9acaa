"""The shape of AWS's exams and when each can be sat, from `blueprints.toml`.

>>> find("saa-c03").minutes
130
>>> notices(find("SOA-C02"), date(2026, 11, 26))[0]
'SOA-C02 cannot be sat any more: its last day was 29 September 2025. Prepare for SOA-C03.'
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ecs_lab.coursefile import nearest

FILE = Path(__file__).with_name("blueprints.toml")
SOON_DAYS = 120
"""How long before an exam's last day it is said that the day is near."""
ECS_ONLY = (
    "All questions here are on Amazon ECS and what surrounds it. The exam asks about far more of "
    "AWS, so a score here is a score on ECS, not a forecast of the exam."
)


class UnknownExamError(LookupError):
    """A code that no exam of the course has; says which one was probably meant."""

    def __init__(self, code: str) -> None:
        known = [blueprint.code for blueprint in load()]
        super().__init__(f"There is no exam {code!r}. {nearest(code.upper(), known)}")

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence alone."""
        return [str(self)]


@dataclass(frozen=True)
class Domain:
    """A domain of an exam, by AWS's name; `weight` is its percent of the scored content.

    `concepts` are the kinds of concepts that this course counts to it, such as "FG" for FG-02, and
    single ones, such as "FG-01", which come before kinds.
    """

    name: str
    concepts: tuple[str, ...]
    weight: int | None = None


@dataclass(frozen=True)
class Blueprint:
    """One version of an exam. Dates are None where no page of AWS was found that says them."""

    code: str
    name: str
    questions: int
    scored: int
    minutes: int
    pass_score: int
    domains: tuple[Domain, ...]
    sources: tuple[str, ...]
    as_of: date
    first_day: date | None = None
    last_day: date | None = None
    next: str = ""
    tag: str = ""
    weights_from: str = ""
    ours: bool = False

    @property
    def weighted(self) -> bool:
        """Whether AWS's weights of all domains are known."""
        return bool(self.domains) and all(domain.weight for domain in self.domains)

    def ended(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.last_day is not None and today > self.last_day


@cache
def load() -> tuple[Blueprint, ...]:
    """Every exam of `blueprints.toml`, in its order."""
    with FILE.open("rb") as file:
        return tuple(_blueprint(raw) for raw in tomllib.load(file)["exam"])


def find(code: str) -> Blueprint:
    """The exam with this code, in capitals or not; raises `UnknownExamError`."""
    for blueprint in load():
        if blueprint.code == code.upper():
            return blueprint
    raise UnknownExamError(code)


def notices(blueprint: Blueprint, today: date) -> list[str]:
    """What somebody who prepares for the exam has to know, a sentence or two each."""
    if blueprint.ours:
        return ["This is no exam of AWS: a short one of this course, on containers alone."]
    weights = [] if blueprint.ended(today) else _weights(blueprint)
    return [*days(blueprint, today), *weights, ECS_ONLY]


def in_words(day: date) -> str:
    """A day as people write it: 30 November 2026."""
    return f"{day.day} {day:%B %Y}"


def days(blueprint: Blueprint, today: date) -> list[str]:
    """What is to be said of its first and last day, if either is near or past."""
    code, first, last = blueprint.code, blueprint.first_day, blueprint.last_day
    if last and today > last:
        advice = f" Prepare for {blueprint.next}." if blueprint.next else ""
        return [f"{code} cannot be sat any more: its last day was {in_words(last)}.{advice}"]
    if last and (last - today).days <= SOON_DAYS:
        after = find(blueprint.next) if blueprint.next else None
        follows = f" {after.code} follows on {in_words(after.first_day)}." \
            if after and after.first_day else ""  # fmt: skip
        return [f"The last day of {code} is {in_words(last)}: {_in_days(last, today)}.{follows}"]
    if first and today < first:
        return [f"{code} can be sat from {in_words(first)}: {_in_days(first, today)}."]
    return []


def _in_days(day: date, today: date) -> str:
    left = (day - today).days
    return {0: "that is today", 1: "tomorrow"}.get(left, f"in {left} days")


def _weights(blueprint: Blueprint) -> list[str]:
    if blueprint.weighted:
        return []
    found = (
        f"No weights of the domains of {blueprint.code} were found on AWS's pages "
        f"({in_words(blueprint.as_of)}): questions come in the proportions of this course."
    )
    return [found]


def _blueprint(raw: dict[str, Any]) -> Blueprint:
    domains = tuple(
        Domain(each["name"], tuple(each["concepts"]), each.get("weight")) for each in raw["domains"]
    )
    more = {"domains": domains, "sources": tuple(raw["sources"]), "pass_score": raw["pass"]}
    return Blueprint(**{key: value for key, value in raw.items() if key != "pass"} | more)
