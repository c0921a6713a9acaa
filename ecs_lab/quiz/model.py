"""What a question is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

NUMBERS = {1: "one", 2: "two", 3: "three"}


@dataclass(frozen=True)
class Option:
    """One option of a question, with the reason why it is right or wrong."""

    text: str
    why: str
    correct: bool = False


@dataclass(frozen=True)
class Question:
    """One question; `select` options of it are right, and all of those make the answer."""

    id: str
    topic: str
    stem: str
    options: tuple[Option, ...]
    concepts: tuple[str, ...]
    difficulty: int
    exams: tuple[str, ...]
    sources: tuple[str, ...]
    as_of: date
    section: str
    select: int = 1
    exam_today: str | None = None
    proof: str = ""
    file: str = ""
    line: int = 0

    @property
    def correct(self) -> frozenset[int]:
        """Places (from 0) of the right options, in the order of the file."""
        return frozenset(i for i, option in enumerate(self.options) if option.correct)

    @property
    def instruction(self) -> str:
        """What the exam adds to the stem of a question with several right options."""
        return f"Select {NUMBERS[self.select].upper()}." if self.select > 1 else ""

    @property
    def lesson(self) -> str:
        """Where the course teaches it, in words: the notebook and the heading in it."""
        notebook, _, heading = self.section.partition("#")
        name = notebook.rpartition("/")[2].removesuffix(".ipynb")
        return f"notebook {name}" + (f", section {heading.replace('-', ' ')!r}" if heading else "")


@dataclass(frozen=True)
class Topic:
    """The questions of one file; its name is the file's."""

    name: str
    title: str
    order: int
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Bank:
    """All topics, in the order of study."""

    topics: tuple[Topic, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question of every topic."""
        return tuple(question for topic in self.topics for question in topic.questions)
