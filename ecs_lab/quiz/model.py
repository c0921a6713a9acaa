"""What a question is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

_INSTRUCTIONS = {
    "ordering": "Put these into the right order.",
    "matching": "Match each with one of the answers.",
}
NUMBERS = {1: "one", 2: "two", 3: "three"}


CHOICE, ORDERING, MATCHING = "choice", "ordering", "matching"


@dataclass(frozen=True)
class Option:
    """One option of a question, with the reason why it is right or wrong.

    In an ordering question it is a step, in a matching question one side of a pair; `match` is then
    the other side.
    """

    text: str
    why: str
    correct: bool = False
    match: str = ""


@dataclass(frozen=True)
class Case:
    """A situation on which several questions are asked."""

    id: str
    text: str


@dataclass(frozen=True)
class Question:
    """One question, answered rightly or not: there are no half points.

    Of a choice, `select` options are right and all of those make the answer. Of an ordering
    question the options stand in the right order. Of a matching question each option has its match;
    `others` are answers that match nothing.
    """

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
    picture: str = ""
    kind: str = CHOICE
    others: tuple[str, ...] = ()
    case: Case | None = None
    file: str = ""
    line: int = 0

    @property
    def correct(self) -> frozenset[int]:
        """Places (from 0) of the right options, in the order of the file."""
        return frozenset(i for i, option in enumerate(self.options) if option.correct)

    @property
    def instruction(self) -> str:
        """What is to be done, where that is not to choose one option."""
        if self.kind != CHOICE:
            return _INSTRUCTIONS[self.kind]
        return f"Select {NUMBERS[self.select].upper()}." if self.select > 1 else ""

    @property
    def extra(self) -> bool:
        """True for forms that AWS uses in newer exams, but in none of those of this course:
        ordering, matching, and questions on a case. Mock exams leave them out.
        """
        return self.kind != CHOICE or self.case is not None

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
