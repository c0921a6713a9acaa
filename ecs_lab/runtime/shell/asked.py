"""Commands that somebody runs in a container from outside: health checks and ECS Exec."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.shell.machine import NeverEndsError, Shell
from ecs_lab.runtime.shell.streams import Caught, Streams
from ecs_lab.runtime.shell.words import ShellSyntaxError

NOT_FOUND = 127
SYNTAX_ERROR = 2


class Result(NamedTuple):
    """How a command ended: its exit code, what it printed, and the virtual seconds it took."""

    exit_code: int
    output: str
    took_s: float


def run(inside: Inside, command: str | Sequence[str], *, unknown: int = NOT_FOUND) -> Result:
    """Run a line of a shell, or the words of one command, in a running container.

    `unknown` is the exit code of a program that the shell does not have.
    """
    caught = Caught()
    shell = Shell(inside, streams=Streams("", caught, caught), unknown=unknown)
    slept_s, inside.slept_s = inside.slept_s, 0.0
    try:
        if isinstance(command, str):
            shell.begin(command)
        else:
            shell.stack = [("words", list(command))]
        shell.go_on(pausing=False)
        return Result(shell.code, caught.text, inside.slept_s)
    except ShellSyntaxError as error:
        return Result(SYNTAX_ERROR, f"{caught.text}sh: {error}\n", inside.slept_s)
    except NeverEndsError:
        return Result(1, f"{caught.text}sh: the lab stopped this: it never ends\n", inside.slept_s)
    finally:
        inside.slept_s = slept_s
