"""Step apps: a function that is called with the container again and again as time passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ecs_lab.engine.surroundings import ContainerRun
from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.messages import Request, Response
from ecs_lab.runtime.programs import ByReference
from ecs_lab.runtime.running import run

FIRST_S = 1.0
"""When the first step comes after the start."""


@dataclass(frozen=True, slots=True, eq=False)
class Steps(ByReference):
    """Calls `step(container)` every `every_s` seconds, until it gives an exit code."""

    step: Callable[..., Any]
    every_s: float

    def begin(self, inside: Inside) -> ContainerRun:
        """Start; the first step comes a second later."""
        inside.outside.wake(inside, FIRST_S, background=False)
        return ContainerRun()

    def wake(self, inside: Inside) -> None:
        """One step. The next one waits for what this one slept."""
        outcome = run(inside, self.step, inside)
        code = outcome.exit_code
        if code is None and outcome.failed:
            code = 1
        if code is None and outcome.value is not None:
            code = exit_code(inside, outcome.value)
        if code is not None:
            inside.outside.end(inside, code, outcome.reason)
        else:
            after_s = max(self.every_s, inside.slept_s)
            inside.outside.wake(inside, after_s, background=True)

    def answer(self, inside: Inside, port: int, request: Request) -> Response | None:
        """A step app listens nowhere."""
        return None


def exit_code(inside: Inside, value: Any) -> int:
    """The exit code that an app has given back; 1, with a word in its output, for what is none."""
    if isinstance(value, int):
        return int(value) % 256
    inside.print(f"An app gives an exit code (an int) or None; this one gave {value!r}.")
    return 1
