"""How often the bank asks for each concept: what `ecs-lab course check --coverage` prints.

`quizzes/rules.toml` says how often a core concept has to be asked; tools/coverage.py holds the
course to it.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass

from ecs_lab import paths
from ecs_lab.quiz.model import Bank


@dataclass(frozen=True)
class Concept:
    """A row of quizzes/concepts.csv; `tier` is core or extra."""

    id: str
    topic: str
    concept: str
    tier: str


def concepts() -> list[Concept]:
    """All concepts of the course, in study order."""
    table = paths.quizzes_dir() / "concepts.csv"
    with table.open(encoding="utf-8", newline="") as file:
        return [Concept(**row) for row in csv.DictReader(file)]


def times() -> int:
    """How often each core concept is asked at least, by quizzes/rules.toml."""
    with (paths.quizzes_dir() / "rules.toml").open("rb") as file:
        return int(tomllib.load(file)["coverage"]["times"])


def missing(bank: Bank) -> list[tuple[Concept, int]]:
    """Core concepts asked less often than the rule says, with how often they are."""
    asked = _asked(bank)
    least = times()
    return [(c, asked[c.id]) for c in concepts() if c.tier == "core" and asked[c.id] < least]


def report(bank: Bank) -> str:
    """Questions, proofs and core concepts by topic, then the core concepts asked too seldom."""
    asked, least = _asked(bank), times()
    of_topic: dict[str, list[Concept]] = defaultdict(list)
    for concept in concepts():
        of_topic[concept.topic].append(concept)
    lines = ["core concepts   asked   questions   topic"]
    for topic, members in of_topic.items():
        core = [each for each in members if each.tier == "core"]
        done = sum(asked[each.id] >= least for each in core)
        ids = {each.id for each in members}
        count = sum(question.concepts[0] in ids for question in bank.questions)
        lines.append(f"{len(core):13}   {done:5}   {count:9}   {topic}")
    proven = sum(bool(question.proof) for question in bank.questions)
    lines += ["", f"{len(bank.questions)} questions, {proven} proven in the lab."]
    if open_ones := missing(bank):
        lines.append(f"Core concepts asked fewer than {least} times: {len(open_ones)}.")
        lines += [f"  {c.id}  {count}  {c.concept}" for c, count in open_ones]
    return "\n".join(lines)


def _asked(bank: Bank) -> Counter[str]:
    return Counter(concept for question in bank.questions for concept in question.concepts)
