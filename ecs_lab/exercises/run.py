"""Running an exercise's checks on a learner's lab."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Check, Missed, Passed, Verdict, missed
from ecs_lab.exercises.report import Report, Result

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.lab import Lab

OUR_FAULT = {
    "AccessDeniedException",
    "InternalFailure",
    "InvalidAction",
    "NotImplemented",
    "ServerException",
    "UnknownOperationException",
}
"""AWS error codes that a learner's world cannot cause: the check or the lab is at fault."""


def run(exercise: Exercise, lab: Lab) -> Report:
    """Check an exercise: every check on its own copy of the lab's world, which stays as it is.

    A learner's mistake never raises: it is a result that says what was expected, found, and why.
    Neither does a fault in a check: its result is `broken` and says where, and the rest runs.
    """
    results: dict[str, Result] = {}
    for item in exercise.checks:
        results[item.id] = run_check(item, lab, results)
    return Report(exercise.id, exercise.title, tuple(results.values()))


def run_check(item: Check, lab: Lab, before: dict[str, Result]) -> Result:
    """Run one check; `before` holds the results, by id, of those that it may need."""
    needed = before.get(item.needs)
    if needed is not None and not needed.passed:
        return Result(item.id, item.title, "not reached", 0, item.points,
                      why=f"Comes after: {needed.title}.")  # fmt: skip
    copy = lab.copy()
    try:
        verdict = _on_copy(item, copy)
    except Exception as error:  # whatever a course file raises, the others must run
        return Result(item.id, item.title, "broken", 0, item.points, found=_where(error, item))
    if isinstance(verdict, Missed):
        return Result(item.id, item.title, "missed", 0, item.points, verdict.expected,
                      verdict.found, verdict.why, verdict.see)  # fmt: skip
    return Result(item.id, item.title, "passed", item.points, item.points)


def _on_copy(item: Check, copy: Lab) -> Verdict:
    """The verdict of a check on a copy of the world, in which its API calls move no time."""
    from botocore.exceptions import ClientError, WaiterError

    with copy, copy.quiet():
        try:
            verdict = item(copy)
        except ClientError as error:
            if error.response["Error"]["Code"] in OUR_FAULT:
                raise
            return _refused(item, error)
        except WaiterError as error:
            return missed(expected=item.title, found=str(error),
                          why="The check waited for this, and it never came about.")  # fmt: skip
    if not isinstance(verdict, Passed | Missed):
        raise TypeError(f"the check returned {verdict!r}; return passed or missed(...)")
    return verdict


def _refused(item: Check, error: ClientError) -> Missed:
    """Feedback for a check that AWS refused: most often, what it asks for is not there yet."""
    said = error.response["Error"]
    return missed(
        expected=item.title,
        found=f"{said['Code']} from {error.operation_name}: {said['Message']}",
        why="The check asked AWS for what you were to build, and got this error.",
    )


def _where(error: Exception, item: Check) -> str:
    """What went wrong in a check and at which line of its file."""
    file = item.ask.__code__.co_filename
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    line = lines[-1] if lines else item.ask.__code__.co_firstlineno
    return f"{type(error).__name__}: {error} ({'/'.join(Path(file).parts[-2:])}, line {line})"
