"""How often the bank asks for each concept: what `ecs-lab course check --coverage` prints.

`quizzes/rules.toml` says how often a core concept has to be asked, and whether fewer is already an
error or, while the bank grows, only a line of the report.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ecs_lab import paths
from ecs_lab.coursefile import Problem
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


@dataclass(frozen=True)
class Rule:
    """How often core concepts are asked at least, and whether fewer is an error."""

    times: int
    required: bool


def rule() -> Rule:
    """The rule of quizzes/rules.toml."""
    with (paths.quizzes_dir() / "rules.toml").open("rb") as file:
        return Rule(**tomllib.load(file)["coverage"])


def missing(bank: Bank) -> list[tuple[Concept, int]]:
    """Core concepts asked less often than the rule says, with how often they are."""
    asked = _asked(bank)
    least = rule().times
    return [(c, asked[c.id]) for c in concepts() if c.tier == "core" and asked[c.id] < least]


def problems(bank: Bank) -> Iterator[Problem]:
    """One problem for each core concept that is missing, if the rule is switched on."""
    if not rule().required:
        return
    for concept, count in missing(bank):
        yield Problem(
            str(paths.quizzes_dir() / "concepts.csv"), 1, concept.id,
            f"{rule().times} questions on {concept.concept!r}", f"{count}",
            "Write one from another side.",
        )  # fmt: skip


def report(bank: Bank) -> str:
    """Questions, proofs and core concepts by topic, then the core concepts asked too seldom."""
    asked, least = _asked(bank), rule().times
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
