"""Runs an app's code in its container, and says how that went."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ecs_lab.runtime import names, refusals
from ecs_lab.runtime.budget import LINES, OutOfBudgetError, is_the_labs
from ecs_lab.runtime.confinement import confined
from ecs_lab.runtime.inside import ContainerKilledError, Inside

__all__ = ["Outcome", "names", "refusals", "run"]

NEVER_ENDS = (
    f"The lab stopped this code after {LINES:,} lines: it looks as if it never ends. "
    "For work that goes on and on push an app with step=."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call of an app went: it gave `value`, or raised (`failed`), ran out of its budget
    (`never_ends`), or ended its container with an exit code.
    """

    value: Any = None
    failed: bool = False
    never_ends: bool = False
    exit_code: int | None = None
    reason: str | None = None


EXPECTED = (OSError, ValueError)
"""Errors that the lab raises in an app on purpose."""


def run(inside: Inside, work: Callable[..., Any], *arguments: Any) -> Outcome:
    """Call an app's code in the container; what it raises is written to the container's output.

    Only a KeyboardInterrupt, the learner's Ctrl-C, comes through.
    """
    inside.slept_s, inside.printed = 0.0, 0
    try:
        with confined(inside):
            return Outcome(work(*arguments))
    except ContainerKilledError as killed:
        return Outcome(exit_code=killed.exit_code, reason=killed.reason)
    except SystemExit as ended:
        return Outcome(exit_code=_code(inside, ended.code))
    except OutOfBudgetError:
        inside.print(NEVER_ENDS)
        return Outcome(failed=True, never_ends=True)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever an app raises
        inside.print(_trace(error))
        return Outcome(failed=True)


def _code(inside: Inside, code: Any) -> int:
    """The exit code of sys.exit(code), as Python has it."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code % 256
    inside.print(code)
    return 1


def _trace(error: BaseException) -> str:
    """The traceback, without the lab's own frames unless they may be to blame."""
    try:
        told = traceback.TracebackException.from_exception(error)
        if isinstance(error, EXPECTED) or not is_the_labs(told.stack[-1].filename):
            _leave_out_the_lab(told)
        return "".join(told.format()).rstrip()
    except Exception:  # an error whose own __str__ fails
        return f"{type(error).__name__} (its text cannot be shown)"


def _leave_out_the_lab(told: traceback.TracebackException) -> None:
    told.stack[:] = [each for each in told.stack if not is_the_labs(each.filename)]
    for other in (told.__cause__, told.__context__):
        if other is not None:
            _leave_out_the_lab(other)
