"""Verdicts: what a notebook has earned so far, exercise by exercise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ecs_lab.exercises.report import Report, Result
from ecs_lab.exercises.run import run
from ecs_lab.grading.patience import TooLongError, at_most

if TYPE_CHECKING:
    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.worlds import World


class Verdicts:
    """The best report so far on each exercise that a notebook is graded on."""

    def __init__(self, exercises: Iterable[Exercise], limit_s: float) -> None:
        self.exercises = {exercise.id: exercise for exercise in exercises}
        self._limit_s = limit_s
        self._best: dict[str, Report] = {}

    def check(self, exercise_id: str, world: World, *, counts: bool) -> Report:
        """The verdict on one exercise as a world stands now; if it `counts`, the best is kept."""
        from ecs_lab.lab import Lab

        exercise = self.exercises.get(exercise_id)
        if exercise is None:
            return self._not_graded(exercise_id)
        try:
            with at_most(self._limit_s), Lab(world=world) as lab:
                report = run(exercise, lab)  # each check on a copy of its own
        except TooLongError:
            report = _none_earned(exercise, f"Checking it took over {self._limit_s:g} s.", TOO_MUCH)
        best = self._best.get(exercise_id)
        if counts and (best is None or report.points > best.points):
            self._best[exercise_id] = report
        return report

    def build(self, exercise_id: str, world: World) -> None:
        """Build in a world what an exercise gives; raises LookupError for one of another book."""
        from ecs_lab.lab import Lab

        if exercise_id not in self.exercises:
            raise LookupError(f"{exercise_id} is not graded in this notebook.")
        with Lab(world=world) as lab:
            self.exercises[exercise_id].build(lab)

    def consider(self, world: World) -> None:
        """Let what stands in a world count for the exercises that are not passed yet."""
        for exercise_id in self.exercises:
            best = self._best.get(exercise_id)
            if best is None or not best.passed:
                self.check(exercise_id, world, counts=True)

    def final(self) -> dict[str, Report]:
        """The best report on each exercise."""
        return {
            name: self._best.get(name) or _none_earned(exercise, NOTHING_BUILT, OPEN_A_LAB)
            for name, exercise in self.exercises.items()
        }

    def _not_graded(self, exercise_id: str) -> Report:
        """Shown for an exercise of another notebook; its course file is not even read."""
        why = f"It is graded on: {', '.join(self.exercises) or 'nothing'}."
        result = Result("graded", "Graded in this notebook", "not reached", 0, 0, why=why)
        return Report(exercise_id, "Not graded in this notebook", (result,))


NOTHING_BUILT = "The notebook built nothing: no AWS call of it reached a lab."
OPEN_A_LAB = "Open a lab with Lab() and make the calls with its clients."
TOO_MUCH = "There is far more in this lab than the exercise asks for: see what keeps restarting."


def unread(exercise: Exercise, why: str) -> Report:
    """The verdict where there is no notebook to run."""
    return _none_earned(exercise, why, "Hand in the notebook as JupyterLab saves it (.ipynb).")


def _none_earned(exercise: Exercise, found: str, why: str) -> Report:
    """A report with no points, for one reason that holds for every check."""
    results = (
        Result(
            check.id, check.title, "missed", 0, check.points,
            expected=check.title, found=found, why=why,
        )
        for check in exercise.checks
    )  # fmt: skip
    return Report(exercise.id, exercise.title, tuple(results))
