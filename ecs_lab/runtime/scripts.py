"""Scripts: Python that runs once in a container, and whose end is the container's.

A script runs at once to its end, and its sleep is virtual: the container ends after the seconds
that it slept, and what it printed after a sleep is in its output from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ecs_lab.engine.surroundings import ContainerRun
from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.messages import Request, Response
from ecs_lab.runtime.programs import ByReference
from ecs_lab.runtime.running import run
from ecs_lab.runtime.steps import exit_code

START_UP_S = 1.0
"""The shortest life of a container."""


@dataclass(frozen=True, slots=True, eq=False)
class Script(ByReference):
    """A function that is called once with the container, or the text of a Python program."""

    script: Callable[..., Any] | str

    def begin(self, inside: Inside) -> ContainerRun:
        """Run it, and say when and how the container ends."""
        outcome = run(inside, self._run, inside)
        code = outcome.exit_code
        if code is None:
            code = 1 if outcome.failed else 0
            if outcome.value is not None:
                code = exit_code(inside, outcome.value)
        return ContainerRun(max(START_UP_S, inside.slept_s), code, outcome.reason)

    def _run(self, inside: Inside) -> Any:
        if not isinstance(self.script, str):
            return self.script(inside)
        code = compile(self.script, "<script>", "exec")
        exec(code, {"__name__": "__main__", "container": inside})  # noqa: S102 - what it is for
        return None

    def wake(self, inside: Inside) -> None:
        """A script does not go on."""

    def answer(self, inside: Inside, port: int, request: Request) -> Response | None:
        """A script listens nowhere."""
        return None
