"""Grading one notebook: run its cells in a child process, referee its labs, report.

report = grade(Path("learner.ipynb"), [catalog.load("ec2-two-instances")])
report.points, report.possible, report.notes
"""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecs_lab.exercises.variants import in_words
from ecs_lab.grading import notebook
from ecs_lab.grading.limits import Limits
from ecs_lab.grading.process import Child, GoneError, OutOfTimeError
from ecs_lab.grading.referee import Referee
from ecs_lab.grading.verdicts import unread

if TYPE_CHECKING:
    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.exercises.report import Report


MOST_CHARS = 400
"""How much of the text of an error of the learner's is shown."""


MOST_NOTES = 20
"""How many notes on one notebook are kept."""


class StartError(RuntimeError):
    """The child process did not come up: a fault of this machine, so nobody gets a 0 for it."""


@dataclass(frozen=True)
class GradeReport:
    """What came out of grading one notebook."""

    path: Path
    reports: dict[str, Report]
    notes: tuple[str, ...]
    """What went wrong while it ran, a sentence each."""
    tally: str
    """How much it did: cells, labs, AWS calls."""
    output: str
    """What the notebook printed: the learner's words, not the grader's."""
    seconds: float
    variants: tuple[str, ...] = ()
    """Which variant of an exercise it was graded on, a sentence each."""

    @property
    def points(self) -> int:
        """Points earned in all exercises."""
        return sum(report.points for report in self.reports.values())

    @property
    def possible(self) -> int:
        """Points that can be earned."""
        return sum(report.possible for report in self.reports.values())

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "notebook": self.path.name,
            "points": self.points,
            "possible": self.possible,
            "exercises": [report.to_json() for report in self.reports.values()],
            "notes": list(self.notes),
            "variants": list(self.variants),
            "tally": self.tally,
            "output": self.output,
            "seconds": round(self.seconds, 3),
        }


def grade(path: Path, exercises: Iterable[Exercise], limits: Limits | None = None) -> GradeReport:
    """Grade the notebook at `path` on these exercises. No fault of the notebook raises.

    Raises:
        StartError: no process could be started for it.
    """
    wanted = list(exercises)
    started = time.monotonic()
    try:
        book = notebook.read(path)
    except notebook.NotANotebookError as error:
        reports = {item.id: unread(item, str(error)) for item in wanted}
        took_s = time.monotonic() - started
        return GradeReport(path, reports, (str(error),), "", "", took_s, _variants(wanted))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of moto's inside: no word for a teacher
        referee = Referee(wanted, limits or Limits())
        name = wanted[0].learner if wanted else ""
        session = _Session(referee, limits or Limits(), name)
        session.run(book.cells)
        verdicts = referee.verdicts()
    notes = (*_shortened(session.notes), *referee.notes)
    tally = _tally(len(book.cells), referee)
    took_s = time.monotonic() - started
    return GradeReport(path, verdicts, notes, tally, session.output, took_s, _variants(wanted))


def _variants(exercises: list[Exercise]) -> tuple[str, ...]:
    """Whose variant of each exercise was graded, and what is in it, where it has variants."""
    return tuple(
        f"{item.id} is graded in the variant of {item.learner or 'nobody in particular'}: "
        f"{in_words(item.variant)}."
        for item in exercises
        if item.variant
    )


def _shortened(notes: list[str]) -> list[str]:
    """The first notes, where there are very many."""
    left = len(notes) - MOST_NOTES
    return notes if left <= 0 else [*notes[:MOST_NOTES], f"{_many(left, 'note')} more like these."]


@dataclass
class _Session:
    """One run of a notebook's cells."""

    referee: Referee
    limits: Limits
    learner: str = ""
    notes: list[str] = field(default_factory=list)
    output: str = ""

    def run(self, cells: tuple[str, ...]) -> None:
        """Run the cells in order; what goes wrong becomes a note."""
        if not cells:
            self.notes.append("The notebook has no code cells.")
            return
        with Child(self.limits) as child:
            self._start(child)
            end = time.monotonic() + self.limits.notebook_s
            try:
                for number, source in enumerate(cells, 1):
                    self._cell(child, number, source, end)
            except _EndedError as ended:
                left = len(cells) - ended.number
                rest = f" Not run after that: {_many(left, 'code cell')}." if left else ""
                self.notes.append(f"{ended}{rest}")
        self.output = child.output()

    def _start(self, child: Child) -> None:
        until = time.monotonic() + self.limits.start_s
        settings = asdict(self.limits) | {"cpu_s": int(self.limits.notebook_s + 60)}
        try:
            child.send({"limits": settings, "learner": self.learner}, until)
            _warm_up()  # while it starts
            child.receive(time.monotonic() + self.limits.start_s)
        except (OutOfTimeError, GoneError) as error:
            child.end()
            raise StartError(
                "The grader could not start a process for the notebook: "
                f"it {str(error) or 'took too long'}. "
                f"This is no fault of the notebook: see `ecs-lab doctor`.\n{child.output()}"
            ) from None

    def _cell(self, child: Child, number: int, source: str, end: float) -> None:
        """Run one cell; raises `_EndedError` when none can run after it."""
        if time.monotonic() >= end:
            raise _EndedError(number - 1, f"The notebook used up its {self.limits.notebook_s:g} s.")
        try:
            error = self._run_cell(child, number, source, end)
        except GoneError as gone:
            why = f"In code cell {number} the notebook's process {gone}."
            raise _EndedError(number, why) from None
        if error:
            self.notes.append(f"Code cell {number} raised {error}")

    def _run_cell(self, child: Child, number: int, source: str, end: float) -> str:
        """Run one cell within its time; the error that it raised, in words, or nothing."""
        until = min(time.monotonic() + self.limits.cell_s, end)
        try:
            child.send({"run": source}, until)
            return self._answer_until_done(child, until, end)
        except OutOfTimeError:
            ran = f"Code cell {number} ran longer than {self.limits.cell_s:g} s"
            if time.monotonic() >= end:
                ran = (
                    f"Code cell {number} was running when the notebook's "
                    f"{self.limits.notebook_s:g} s were used up"
                )
        child.interrupt()
        until = time.monotonic() + self.limits.grace_s
        try:
            self._answer_until_done(child, until, until)
        except OutOfTimeError:
            raise _EndedError(number, f"{ran} and could not be stopped.") from None
        self.notes.append(f"{ran} and was stopped.")
        return ""

    def _answer_until_done(self, child: Child, until: float, end: float) -> str:
        """Answer what the child asks of its labs until its cell is done; how the cell ended."""
        while "done" not in (message := child.receive(until)):
            asked = time.monotonic()
            answer = self.referee.answer(message)
            until = min(until + time.monotonic() - asked, end)  # our time is not the cell's
            child.send(answer, until)
        return _sentence(message["done"])


@functools.cache
def _warm_up() -> None:
    """Load what the first lab of a process loads: seconds that are not the first cell's."""
    from ecs_lab.lab import new_world

    new_world(0, "us-east-1").close()


class _EndedError(Exception):
    """The notebook's run is over before its last cell; `number` is the last cell that ran."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number = number


def _sentence(error: object) -> str:
    """An error as the child reports it, in words: `NameError in line 2: name 'x' is …`."""
    if not isinstance(error, dict):
        return ""
    line = error.get("line")
    where = f" in line {line}" if isinstance(line, int) and 0 < line < 10**6 else ""
    text = " ".join(str(error.get("text") or "").split())[:MOST_CHARS]
    return f"{str(error.get('name'))[:80]}{where}{f': {text}' if text else ''}"


def _tally(cells: int, referee: Referee) -> str:
    return (
        f"It has {_many(cells, 'code cell')}, opened {_many(referee.labs_opened, 'lab')} "
        f"and made {_many(referee.aws_calls, 'AWS call')}."
    )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
