"""How generated questions are made: a generator drafts, this turns the draft into a `Question`.

A generator is a function that takes chance (a seeded `random.Random`) and gives a `Draft`: what is
asked, the facts it is about, and choices, of which the first is right. Each wrong choice is what a
named misconception leads to, worked out with the same facts, with a reason that says so.
Misconceptions that happen to lead to the right value, or to one that is there already, fall away;
a draft that has fewer than three wrong choices then is drawn again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ecs_lab import paths
from ecs_lab.quiz.model import Option, Question

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
AS_OF = date(2026, 11, 24)
"""The day the pages were read."""
WRONG = 3
TRIES = 200
"""Draws until the misconceptions lead to values that differ; far more than are ever needed."""


@dataclass(frozen=True)
class Choice:
    """A value, how it reads as an option, and why it is right or which misconception it is."""

    value: Any
    text: str
    why: str


@dataclass(frozen=True)
class Draft:
    """A question before it is one: `choices` has the right one first."""

    stem: str
    facts: Mapping[str, Any]
    choices: Sequence[Choice]

    @property
    def right(self) -> Choice:
        """The right choice."""
        return self.choices[0]

    @property
    def wrong(self) -> list[Choice]:
        """The first wrong choices that differ from the right one and from each other."""
        seen, kept = {self.right.text}, []
        for choice in self.choices[1:]:
            if choice.text not in seen and choice.value != self.right.value:
                seen.add(choice.text)
                kept.append(choice)
        return kept[:WRONG]


@dataclass(frozen=True)
class Generator:
    """Something that asks a new question for every seed."""

    name: str
    about: str
    concepts: tuple[str, ...]
    exams: tuple[str, ...]
    difficulty: int
    sources: tuple[str, ...]
    write: Callable[[random.Random], Draft]

    def draft(self, seed: int) -> Draft:
        """The draft of a seed, the same on every machine."""
        chance = random.Random(f"{self.name}:{seed}")
        for _ in range(TRIES):
            draft = self.write(chance)
            if len(draft.wrong) == WRONG:
                return draft
        raise AssertionError(f"{self.name} finds no {WRONG} wrong choices for seed {seed}")

    def question(self, seed: int) -> Question:
        """The question of a seed, as one of the bank's."""
        draft = self.draft(seed)
        options = [Option(draft.right.text, draft.right.why, correct=True)]
        options += [Option(each.text, each.why) for each in draft.wrong]
        random.Random(f"{self.name}:{seed}:places").shuffle(options)
        return Question(
            id=f"generated-{self.name}-{seed}",
            topic=f"generated-{self.name}",
            stem=draft.stem,
            options=tuple(options),
            concepts=self.concepts,
            difficulty=self.difficulty,
            exams=self.exams,
            sources=self.sources,
            as_of=AS_OF,
            section=_section(self.concepts[0]),
        )


GENERATORS: dict[str, Generator] = {}
"""All generators by name; each module of this package adds its own."""


def generator(
    *, concepts: str, exams: str, difficulty: int, pages: str
) -> Callable[[Callable[[random.Random], Draft]], Generator]:
    """Make a generator of a function; its name (with hyphens) and docstring are the generator's.

    `concepts`, `exams` and `pages` are words with blanks between them; pages of the developer guide
    are named without what their addresses begin with.
    """

    def make(write: Callable[[random.Random], Draft]) -> Generator:
        name = write.__name__.replace("_", "-")
        sources = tuple(p if p.startswith("https:") else f"{GUIDE}{p}" for p in pages.split())
        made = Generator(
            name, " ".join((write.__doc__ or "").split()), tuple(concepts.split()),
            tuple(exams.split()), difficulty, sources, write,
        )  # fmt: skip
        GENERATORS[name] = made
        return made

    return make


def number(value: int, why: str, unit: str = "") -> Choice:
    """A choice that is a number, such as `7 tasks`; `1 task` loses the s."""
    text = f"{value} {unit}".strip()
    return Choice(value, text.removesuffix("s") if value == 1 and unit else text, why)


def near(value: int, unit: str, *others: int) -> list[Choice]:
    """Numbers near the right one, where misconceptions do not give enough different ones."""
    why = "No rule leads to this number: count again with the numbers of the question."
    steps = [*others, 1, -1, 2, -2]
    return [number(value + step, why, unit) for step in steps if value + step >= 0]


@cache
def _section(concept: str) -> str:
    """The notebook of the concept's topic, or the first one while that is not written."""
    from ecs_lab.quiz.coverage import concepts

    topic = next(each.topic for each in concepts() if each.id == concept)
    found = sorted(paths.notebooks_dir().glob(f"{topic[:2]}-*.ipynb"))
    return f"notebooks/{found[0].name if found else '00-start-here.ipynb'}"
