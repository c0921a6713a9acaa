"""Web apps: WSGI callables that answer requests to a container's ports."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ecs_lab.engine.surroundings import ContainerRun
from ecs_lab.runtime import wsgi
from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.messages import Request, Response
from ecs_lab.runtime.programs import ByReference
from ecs_lab.runtime.running import run

START_UP_S = 1.0
_INSTANCE = "ecs_lab.app"
FAILED = Response(500, {"content-type": "text/plain"}, b"Internal Server Error\n")
TOO_LONG = Response(504, {"content-type": "text/plain"}, b"Gateway Timeout\n")


@dataclass(frozen=True, slots=True, eq=False)
class Web(ByReference):
    """A WSGI callable, or what makes one for each container; listens on `port`, or without on the
    ports that the container's definition maps.
    """

    app: Callable[..., Any]
    port: int | None = None
    makes: bool = False

    def begin(self, inside: Inside) -> ContainerRun:
        """Start: make the container's own app, if the image holds what makes one."""
        if not self.makes:
            return ContainerRun()
        wants = len(positional(self.app))
        made = run(inside, self.app, *[inside][:wants])
        if made.failed or made.exit_code is not None:
            code = 1 if made.exit_code is None else made.exit_code
            return ContainerRun(max(START_UP_S, inside.slept_s), code, made.reason)
        inside.memory[_INSTANCE] = made.value
        return ContainerRun()

    def wake(self, inside: Inside) -> None:
        """A web app has nothing to do without a request."""

    def answer(self, inside: Inside, port: int, request: Request) -> Response | None:
        """Let the app answer; 500 when it raises, 504 when it never ends, and None where it does
        not listen or its container ends.
        """
        if not self.listens(inside, port):
            return None
        app = inside.memory[_INSTANCE] if self.makes else self.app
        outcome = run(inside, wsgi.call, app, request, port, {"ecs_lab.container": inside})
        if outcome.exit_code is not None:
            inside.outside.end(inside, outcome.exit_code, outcome.reason)
            return None
        failed = TOO_LONG if outcome.never_ends else FAILED
        response = failed if outcome.failed else outcome.value
        return replace(response, took_s=inside.slept_s)

    def listens(self, inside: Inside, port: int) -> bool:
        """Whether the app listens on a port of its container."""
        if self.port is not None:
            return port == self.port
        mapped = inside.definition.get("portMappings") or []
        return any(port == each.get("containerPort") for each in mapped)


def positional(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters without a default that a call has to fill by position.

    Raises ValueError or TypeError for what has no signature to look at.
    """
    parameters = inspect.signature(function).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [each for each in parameters if each.kind in kinds and each.default is each.empty]
