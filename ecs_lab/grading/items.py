"""What pytest collects of a notebook: the file, its exercises, their checks."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from ecs_lab.coursefile import CourseFileError
from ecs_lab.exercises import catalog, variants
from ecs_lab.exercises.report import Result, feedback
from ecs_lab.grading.expected import Expected, expected, learner_of
from ecs_lab.grading.grade import GradeReport, StartError, grade
from ecs_lab.grading.limits import Limits
from ecs_lab.grading.plain import indented, plain

NOTES_SHOWN = 8
LINES_SHOWN = 30
READ_FROM_IT = (
    "Which exercises it has was read from the notebook itself, so one that was removed "
    "is not missed: name them with --ecs-exercises."
)


class NotEarnedError(Exception):
    """A check that did not pass. The learner's miss, not an error: shown without a traceback."""


class NotebookFile(pytest.File):
    """A learner's notebook. It runs when the first of its items runs, once in a process."""

    show_output = True
    """Whether what the notebook printed is still to be shown: with its first miss, not with all."""

    def collect(self) -> Iterator[pytest.Collector | pytest.Item]:
        """The exercises that the notebook is graded on; nothing of it runs for that."""
        exercises = self._exercises
        if not exercises:
            yield NothingToGrade.from_parent(self, name="exercises", expected=self.expected)
        for exercise in exercises:
            yield ExerciseNode.from_parent(self, name=exercise.id, exercise=exercise)

    @cached_property
    def expected(self) -> Expected:
        """Which exercises are wanted, and who said so."""
        config = self.config
        return expected(
            self.path, config.getoption("ecs_exercises"), config.getini("ecs_exercises")
        )

    @cached_property
    def grades(self) -> GradeReport:
        """The verdict; the learner's cells run when this is first asked for."""
        return grade(self.path, self._exercises, _limits(self.config))

    @cached_property
    def notes(self) -> list[str]:
        """What a teacher should know of this run, a sentence each."""
        read_from_it = [READ_FROM_IT] if self.expected.from_learner else []
        tally = [self.grades.tally] if self.grades.tally else []
        return [*self.grades.notes, *self.grades.variants, *tally, *read_from_it]

    @cached_property
    def learner(self) -> str:
        """Whose variants it is graded on: as the teacher says, else of whoever grades."""
        config = self.config
        if name := config.getoption("ecs_learner"):
            return variants.normal(name)
        if config.getoption("ecs_learner_from_name") or config.getini("ecs_learner_from_name"):
            return learner_of(self.path)
        return variants.learner()

    @cached_property
    def _exercises(self) -> list[catalog.Exercise]:
        """The exercises, with their checks loaded before anything of the learner runs."""
        known = set(catalog.ids())
        ids = self.expected.ids
        if self.expected.from_learner:
            ids = tuple(name for name in ids if name in known)
        try:
            exercises = [catalog.load(name, learner=self.learner) for name in ids]
            for exercise in exercises:
                _ = exercise.checks
        except (catalog.UnknownExerciseError, CourseFileError) as error:
            raise self.CollectError(f"{error} (named by {self.expected.source})") from None
        return exercises


class ExerciseNode(pytest.Collector):
    """One exercise of a notebook."""

    def __init__(self, exercise: catalog.Exercise, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.exercise = exercise

    def collect(self) -> Iterator[pytest.Item]:
        """Its checks."""
        for check in self.exercise.checks:
            yield CheckItem.from_parent(self, name=check.title, check_id=check.id)


class GradedItem(pytest.Item):
    """An item that is worth points."""

    graded: dict[str, Any] | None = None
    """What the summary is made of: plain data, which xdist carries to where it is printed."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A miss as its text alone; anything else is a fault of the grader, with its traceback."""
        if isinstance(excinfo.value, NotEarnedError | StartError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class CheckItem(GradedItem):
    """One check of one exercise."""

    def __init__(self, check_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check_id = check_id

    def runtest(self) -> None:
        """Pass if the notebook earned this check's points."""
        notebook = self.getparent(NotebookFile)
        exercise = self.getparent(ExerciseNode)
        assert notebook is not None
        assert exercise is not None
        report = notebook.grades.reports[exercise.name]
        result = next(result for result in report.results if result.id == self.check_id)
        self.user_properties += [("points", result.points), ("points_possible", result.possible)]
        self.graded = {
            "notebook": notebook.nodeid,
            "exercise": exercise.name,
            "points": result.points,
            "possible": result.possible,
            "notes": notebook.notes,
        }
        if not result.passed:
            if notebook.grades.output and notebook.show_output:
                notebook.show_output = False
                self.add_report_section("of the notebook", "output", _end(notebook.grades.output))
            raise NotEarnedError(_explain(exercise.name, result, notebook.grades.notes))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the item is from, for pytest's headings."""
        assert self.parent is not None
        return self.path, None, f"{self.parent.name}: {self.name}"


class NothingToGrade(GradedItem):
    """Stands for a notebook in which no exercise was found, so that it is not passed over."""

    def __init__(self, expected: Expected, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.expected = expected

    def runtest(self) -> None:
        """Fail, and say what to do."""
        from ecs_lab.grading import notebook

        try:
            notebook.read(self.path)
        except notebook.NotANotebookError as error:
            why = str(error)
        else:
            why = "No exercise of the course is named in it."
            if self.expected.ids:
                asked = ", ".join(self.expected.ids)
                why = f"What it asks a lab to check is no exercise of the course: {asked}."
        raise NotEarnedError(plain(f"{why}\nName its exercises with --ecs-exercises a,b."))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the item is from, for pytest's headings."""
        return self.path, None, f"{self.path.name}: exercises"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hand the points to the report, with which they travel to the summary."""
    report = yield
    if isinstance(item, GradedItem) and report.when == "call" and item.graded:
        report.ecs_lab = item.graded  # type: ignore[attr-defined]  # reports take extra attributes
    return report


def _limits(config: pytest.Config) -> Limits:
    chosen = {
        "cell_s": config.getoption("ecs_cell_seconds"),
        "notebook_s": config.getoption("ecs_notebook_seconds"),
    }
    return Limits(**{name: value for name, value in chosen.items() if value is not None})


def _end(output: str) -> str:
    """The last lines of what a notebook printed, marked as such."""
    lines = output.splitlines()
    cut = [f"({len(lines) - LINES_SHOWN} lines before)"] if len(lines) > LINES_SHOWN else []
    return indented("\n".join(["", *cut, *lines[-LINES_SHOWN:]])).lstrip("\n")


def _explain(exercise: str, result: Result, notes: tuple[str, ...]) -> str:
    """Why a check earned no points: expected, found, why, and what happened to the notebook."""
    lines = [f"{exercise}: {result.title} ({result.points} of {result.possible} points)"]
    if result.status == "broken":
        lines.append("This check is broken: a fault of the course, not of the learner.")
    lines += [f"{name + ':':10}{indented(text)}" for name, text in feedback(result)]
    lines += [f"{'notebook:':10}{note}" for note in notes[:NOTES_SHOWN]]
    if len(notes) > NOTES_SHOWN:
        lines.append(f"{'':10}and {len(notes) - NOTES_SHOWN} more like these")
    return "\n".join(plain(line) for line in lines)
