"""The calls behind `lab.exercise`, `lab.begin`, `lab.check`, `lab.hint` and `lab.solution`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import catalog, progress, texts
from ecs_lab.exercises.run import run

if TYPE_CHECKING:
    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.exercises.report import Report
    from ecs_lab.lab import Lab


def ask(exercise_id: str) -> texts.Statement:
    """What an exercise asks for; raises `UnknownExerciseError`, which names the nearest id."""
    return texts.statement(catalog.load(exercise_id))


class LabInUseError(RuntimeError):
    """What an exercise gives is not put into a lab that has something in it; the text says what."""

    def _render_traceback_(self) -> list[str]:  # how IPython shows it: the sentence alone
        return [str(self)]


BUILT = {
    "clusters": "cluster", "taskDefinitions": "task definition", "ec2Instances": "EC2 instance",
    "loadBalancers": "load balancer", "fileSystems": "file system",
}  # fmt: skip
"""What counts as something of the learner's, as a snapshot names it, and in words."""


def begin(exercise_id: str, lab: Lab, *, afresh: bool = False) -> texts.Text:
    """Build in the lab what an exercise gives, such as the broken system of a repair.

    `afresh` resets the lab before. Raises `LabInUseError`, and changes nothing, when there is
    something in the lab already; `UnknownExerciseError` for an id that there is not.
    """
    exercise = catalog.load(exercise_id)
    if not exercise.builds:
        return texts.Text("This exercise starts from an empty lab: there is nothing to build.\n")
    if afresh:
        lab.reset()
    if there := _there(lab):
        raise LabInUseError(
            f"This lab has {there} in it already, so nothing was built. Take a new Lab(), or "
            f'empty this one by lab.begin("{exercise_id}", afresh=True).'
        )
    build(exercise, lab)
    return texts.begun(exercise)


def build(exercise: Exercise, lab: Lab) -> None:
    """Build what an exercise gives."""
    exercise.build(lab)


def _there(lab: Lab) -> str:
    """What is in a lab that was not there from the start, in words."""
    snapshot = lab.snapshot()
    found = ((len(snapshot.get(key, ())), word) for key, word in BUILT.items())
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in found if count)


def check(exercise_id: str, lab: Lab) -> Report:
    """Check what the learner built, on copies of the lab's world, and record the attempt."""
    report = run(catalog.load(exercise_id), lab)
    progress.attempt(report)
    return report


def hint(exercise_id: str, number: int | None = None) -> texts.Hint:
    """The next hint, or the hint of a number; reading one for the first time is recorded.

    Hints open one after the other. Once the exercise is passed, or the last hint was read, they
    can all be read at once.
    """
    exercise = catalog.load(exercise_id)
    standing = progress.of(exercise_id)
    count = len(exercise.hints)
    free = standing.passed or standing.gave_up
    if number is None and (free or standing.hints >= count):
        return texts.all_hints(exercise)
    wanted = standing.hints + 1 if number is None else number
    if not 1 <= wanted <= (count if free else min(standing.hints + 1, count)):
        return texts.no_such_hint(exercise, wanted, standing.hints)
    if wanted > standing.hints and not free:
        progress.hint(exercise_id, wanted)
    return texts.hint(exercise, wanted)


def solution(exercise_id: str, *, give_up: bool = False) -> texts.Solution:
    """The worked solution once the exercise is passed or given up; before, what is left to do."""
    exercise = catalog.load(exercise_id)
    standing = progress.of(exercise_id)
    if not (standing.passed or standing.gave_up or give_up):
        return texts.closed_solution(exercise, standing)
    if not (standing.passed or standing.gave_up):
        progress.solution(exercise_id)
    return texts.solution(exercise)
