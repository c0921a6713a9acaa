"""Programs: what an image holds. A program begins in a container, may answer requests there, and
ends.

A program is one for all containers of its image; what a container remembers is in `Inside.memory`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from ecs_lab.engine.surroundings import ContainerRun
from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.messages import Request, Response


class ByReference:
    """What is never copied with a lab: a program holds a learner's functions and classes."""

    __slots__ = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Program(Protocol):
    """What runs in a container."""

    def begin(self, inside: Inside) -> ContainerRun:
        """Start in a container, and say for how long it runs and how it ends."""

    def wake(self, inside: Inside) -> None:
        """Go on after the time for which the program asked by `outside.wake`."""

    def answer(self, inside: Inside, port: int, request: Request) -> Response | None:
        """Answer a request to a port of the container, or None where nothing listens there."""


def environment_of(definition: Mapping[str, Any]) -> dict[str, str]:
    """The environment variables of a container definition."""
    return {each["name"]: each.get("value", "") for each in definition.get("environment") or []}
