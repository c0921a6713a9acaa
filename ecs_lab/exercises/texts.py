"""What an exercise says to the learner: its statement, its hints, its worked solution."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.exercises.progress import Standing


@dataclass(frozen=True, repr=False)
class Text:
    """A text in Markdown, shown as HTML in a notebook and as it stands elsewhere."""

    markdown: str

    def __str__(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        html: str = markdown_parser().render(self.markdown)
        return html


class Statement(Text):
    """What an exercise asks for."""


@dataclass(frozen=True, repr=False)
class Hint(Text):
    """A hint: its number from 1, and how many there are."""

    number: int = 0
    of: int = 0


@dataclass(frozen=True, repr=False)
class Solution(Text):
    """The worked solution with its reason, or, while it is not open, what is left to do."""

    open: bool = False
    code: str = ""


@cache
def markdown_parser() -> MarkdownIt:
    """CommonMark without raw HTML, so that a text can never bring its own markup."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


def statement(exercise: Exercise) -> Statement:
    """The task, what it starts from, what will be checked, and where it is taught."""
    notebook = exercise.section.removeprefix("notebooks/")
    checks = "\n".join(f"- {c.title} ({_points(c.points)})" for c in exercise.checks)
    begin = f'`lab.begin("{exercise.id}")` builds it in your lab.' if exercise.builds else ""
    return Statement(
        f"### Exercise: {exercise.title}\n\n"
        f"*{exercise.grade}, about {exercise.minutes} minutes, {_points(exercise.points)}*\n\n"
        f"{exercise.task.strip()}\n\n**You start from.** {_and_then(exercise.given, begin)}\n\n"
        f"**What is checked**\n\n{checks}\n\n"
        f'Check with `lab.check("{exercise.id}")`; `lab.hint("{exercise.id}")` gives a hint. '
        f"Taught in [{notebook.split('#')[0]}]({notebook}).\n"
    )


def begun(exercise: Exercise) -> Text:
    """What to do with what an exercise has built."""
    given = _and_then(exercise.given, f'Check with `lab.check("{exercise.id}")`.')
    return Text(f"**{exercise.title}**: it is built, and the lab is yours. {given}\n")


def hint(exercise: Exercise, number: int) -> Hint:
    """One hint, and what comes after it."""
    count = len(exercise.hints)
    more = (
        f'`lab.hint("{exercise.id}")` gives the next one.'
        if number < count
        else f'That was the last. `lab.solution("{exercise.id}", give_up=True)` shows the solution.'
    )
    body = exercise.hints[number - 1].strip()
    return Hint(f"**Hint {number} of {count}.** {body}\n\n{more}\n", number, count)


def all_hints(exercise: Exercise) -> Hint:
    """Every hint, for one who has passed or read them all."""
    count = len(exercise.hints)
    return Hint(f"**All {count} hints**\n\n{_numbered(exercise.hints)}\n", count, count)


def no_such_hint(exercise: Exercise, number: int, used: int) -> Hint:
    """Why this hint cannot be read (yet), and which one can."""
    count = len(exercise.hints)
    why = (
        f"Hint {number} opens after hint {number - 1}."
        if 1 <= number <= count
        else f"There is no hint {number}: this exercise has {count}, numbered from 1."
    )
    return Hint(f'{why} `lab.hint("{exercise.id}")` gives hint {min(used + 1, count)}.\n', 0, count)


def solution(exercise: Exercise) -> Solution:
    """The worked solution: the code, why it is right, the usual mistake, the hints, the pages."""
    code = exercise.code("solution")
    sources = "\n".join(f"- <{address}>" for address in exercise.sources)
    text = (
        f"### Solution: {exercise.title}\n\n```python\n{code.strip()}\n```\n\n"
        f"**Why.** {exercise.solution_reason.strip()}\n\n"
        f"**Nearly right.** {exercise.nearly_because.strip()}\n\n"
        f"**The hints**\n\n{_numbered(exercise.hints)}\n\n"
        f"**Read more** (as of {exercise.as_of})\n\n{sources}\n"
    )
    return Solution(text, open=True, code=code)


def closed_solution(exercise: Exercise, standing: Standing) -> Solution:
    """What is left to do before the solution opens."""
    best = f"{standing.points} of {standing.possible}" if standing.attempts else "none"
    return Solution(
        f"The solution opens when you have passed. Points so far: {best}; hints used: "
        f'{standing.hints} of {len(exercise.hints)}. `lab.hint("{exercise.id}")` gives a hint, '
        f'`lab.solution("{exercise.id}", give_up=True)` opens the solution now and records it.\n'
    )


def _and_then(text: str, more: str) -> str:
    """A text with a sentence after it: in the same paragraph, unless the text ends in code."""
    return text.strip() + ("\n\n" if text.strip().endswith("```") else " ") * bool(more) + more


def _points(count: int) -> str:
    return f"{count} point{'' if count == 1 else 's'}"


def _numbered(texts: tuple[str, ...]) -> str:
    """A Markdown list; lines after an item's first are indented so that they stay in it."""
    return "\n".join(f"{n}. " + t.strip().replace("\n", "\n   ") for n, t in enumerate(texts, 1))
