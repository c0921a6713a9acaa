"""Small questions for the tests, and banks made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ecs_lab.quiz.model import MATCHING, ORDERING, Bank, Option, Question, Topic

WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "haven",
    "ivory",
    "jade",
    "knoll",
    "lotus",
]


def question(number: int = 0, right: tuple[int, ...] = (0,), **changes: Any) -> Question:
    """A question with four options (five where two are right) of equal length, all in order."""
    count = 4 if len(right) == 1 else 5
    word = WORDS[number % len(WORDS)]
    options = tuple(
        Option(f"Option {letter} of {word}", f"The reason for {letter} stands here.", i in right)
        for i, letter in enumerate("abcde"[:count])
    )
    made = Question(
        id=f"question-{number:02}",
        topic="trees",
        stem=" ".join([word.capitalize(), *[f"{word}{i}" for i in range(8)], "stands for what?"]),
        options=options,
        concepts=("OV-01",),
        difficulty=1,
        exams=("SAA-C03",),
        sources=("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/Welcome.html",),
        as_of=date(2026, 11, 24),
        section="notebooks/00-start-here.ipynb",
        select=len(right),
        file="trees.yaml",
        line=number + 1,
    )
    return replace(made, **changes)


def ordering(number: int = 0, **changes: Any) -> Question:
    """An ordering question of four steps."""
    steps = tuple(
        Option(f"Step {word}", f"The reason for {word} stands here.")
        for word in ("first", "second", "third", "fourth")
    )
    return question(number, **{"options": steps, "kind": ORDERING, **changes})


def matching(number: int = 0, **changes: Any) -> Question:
    """A matching question of three pairs and one answer that matches nothing."""
    pairs = tuple(
        Option(f"The {one}", f"The reason for {one} stands here.", match=f"A {other}")
        for one, other in (("bird", "nest"), ("fox", "den"), ("bee", "hive"))
    )
    fields = {"options": pairs, "kind": MATCHING, "others": ("A garage",), **changes}
    return question(number, **fields)


def bank(*questions: Question) -> Bank:
    """A bank of one topic."""
    return Bank((Topic("trees", "Trees", 0, questions),))
