"""Mock exams as plain text, for the terminal and for places without widgets."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from ecs_lab.exam import blueprints
from ecs_lab.exam.scoring import ESTIMATE
from ecs_lab.exam.sitting import result_of
from ecs_lab.quiz.text import LETTERS, verdict_text

if TYPE_CHECKING:
    from ecs_lab.exam.blueprints import Blueprint
    from ecs_lab.exam.paper import Paper
    from ecs_lab.exam.scoring import Result
    from ecs_lab.exam.sitting import Sitting
    from ecs_lab.progress import Sitting as Record

BARS = "▁▂▃▄▅▆▇█"


def shape(blueprint: Blueprint) -> str:
    """An exam in a line: 65 questions (50 count), 130 minutes, pass 720."""
    counting = "" if blueprint.scored == blueprint.questions else f" ({blueprint.scored} count)"
    return (
        f"{blueprint.questions} questions{counting}, {blueprint.minutes} minutes, "
        f"pass {blueprint.pass_score}"
    )


def facts(paper: Paper, today: date) -> list[str]:
    """What is to be known before a paper begins, a sentence or two each."""
    said = [
        *blueprints.notices(paper.blueprint, today),
        *paper.notes,
        f"{len(paper.questions)} questions. Blanks count as wrong; a guess costs nothing.",
    ]
    if len(paper.scored) < len(paper.questions):
        unscored = len(paper.questions) - len(paper.scored)
        said.append(f"{unscored} of them do not count, as in the exam; nobody can tell which.")
    if paper.mode.value == "review":
        said.append("No clock; the reasons are shown after each answer, which then stands.")
    else:
        said.append(f"{paper.minutes} minutes. Nothing is said of right or wrong before the end.")
    return said


def left(seconds: float | None) -> str:
    """What is left of the time: `1 h 05 min`, `12 min`, `45 s`."""
    if seconds is None:
        return "no clock"
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 60} min" if whole >= 120 else f"{whole} s"


def until(sitting: Sitting) -> str:
    """The moment at which it ends, on this machine's clock: `14:05`."""
    return sitting.deadline.astimezone().strftime("%H:%M") if sitting.deadline else ""


def overview(sitting: Sitting) -> str:
    """Which questions are answered, blank or flagged, ten in a row: 1+ 2- 3+!"""
    signs = []
    for index in range(len(sitting.items)):
        done = "+" if sitting.chosen(index) else "-"
        signs.append(f"{index + 1:3}{done}{'!' if sitting.flagged(index) else ' '}")
    rows = [" ".join(signs[at : at + 10]) for at in range(0, len(signs), 10)]
    return "\n".join([*rows, "+ answered  - blank  ! flagged"])


def result_text(sitting: Sitting, width: int = 80) -> str:
    """The result of an exam that is over."""
    result = sitting.result
    why = "Time was over." if sitting.by_time else "The exam is over."
    lines = [f"{why} {verdict_line(result)}", "", textwrap.fill(ESTIMATE, width)]
    if sitting.gone:
        gone = f"{sitting.gone} questions of this exam are not in the course any more."
        lines.append(gone)
    lines += ["", *section_lines(result)]
    return "\n".join(lines)


def verdict_line(result: Result) -> str:
    """The score in a sentence."""
    word = "above" if result.passed else "below"
    blanks = f", {result.blank} blank" if result.blank else ""
    return (
        f"About {result.scaled} of 1000 (give or take {result.margin}), {word} the "
        f"{result.pass_score} that pass: {result.right} of {result.scored} right{blanks}."
    )


def section_lines(result: Result) -> list[str]:
    """How each section came out, a line each."""
    width = max((len(section.name) for section in result.sections), default=0)
    return [f"  {s.name:<{width}}  {s.right} of {s.total}" for s in result.sections]


def review_text(sitting: Sitting, places: Sequence[int], width: int = 80) -> str:
    """Items of an exam that is over, with what was chosen and the reason for every option."""
    from ecs_lab.quiz.text import question_text

    parts = []
    for index in places:
        verdict = sitting.verdict(index)
        head = f"Question {index + 1}"
        if not sitting.counts(index):
            head += " (did not count)"
        if not verdict.chosen:
            letters = ", ".join(LETTERS[place] for place in verdict.right)
            head += f": blank, right was {letters}"
        parts.append(
            f"{head}\n{question_text(verdict.item, width)}\n\n{told(sitting, index, width)}"
        )
    return f"\n\n{'-' * min(width, 60)}\n\n".join(parts)


def told(sitting: Sitting, index: int, width: int = 80) -> str:
    """The reasons of one item."""
    return verdict_text(sitting.verdict(index), width)


def history_text(records: Sequence[Record]) -> str:
    """Every mock exam in a line, numbered, and how the scores of each exam went."""
    if not records:
        return "No mock exam so far. Begin with: ecs-lab exam start SPRINT"
    lines = [f"{number:3}  {_line(record)}" for number, record in enumerate(records, 1)]
    for code in dict.fromkeys(record.exam for record in records):
        scores = scores_of(records, code)
        if len(scores) > 1:
            lines.append(f"{code}: {trend(scores)}  {' '.join(map(str, scores))}")
    return "\n".join(lines)


def scores_of(records: Sequence[Record], code: str) -> list[int]:
    """The scores of the timed and final exams of one code, in their order."""
    return [
        result_of(record).scaled
        for record in records
        if record.ended and record.exam == code and record.plan["mode"] in ("timed", "final")
    ]


def trend(scores: Sequence[int]) -> str:
    """Scores from 100 to 1000 as small bars.

    >>> trend([100, 550, 1000])
    '▁▄█'
    """
    return "".join(BARS[round((score - 100) / 900 * (len(BARS) - 1) - 0.001)] for score in scores)


def _line(record: Record) -> str:
    begun = datetime.fromisoformat(record.begun).astimezone()
    if not record.ended:
        return f"{begun:%Y-%m-%d %H:%M}  {record.title}: still open"
    result = result_of(record)
    return (
        f"{begun:%Y-%m-%d %H:%M}  {record.title}: about {result.scaled} "
        f"({result.right} of {result.scored})"
    )
