"""The programs that run in the containers of a lab's tasks, from start to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecs_lab.engine.model import Container, Task
from ecs_lab.engine.surroundings import ContainerRun, Ends
from ecs_lab.runtime.inside import Inside, UnreachableError
from ecs_lab.runtime.messages import Request, Response
from ecs_lab.runtime.programs import Known, Program, environment_of

if TYPE_CHECKING:
    from ecs_lab.aws.world import World


@dataclass(slots=True, eq=False)
class Process:
    """One container's program while it runs."""

    task: Task
    container: Container
    program: Program
    inside: Inside
    ends: Ends


class Containers:
    """Starts programs in containers, and brings them requests."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: dict[str, Process] = {}

    def start(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """Start the container's program; raises CannotStartError."""
        definition = container.definition
        inside = Inside(container.name, definition, environment_of(definition), self)
        process = Process(task, container, Known(), inside, ends)
        self._running[container.arn] = process
        return process.program.begin(inside)

    def ended(self, container: Container) -> None:
        """The container's program has ended."""
        self._running.pop(container.arn, None)

    def answer(
        self, task: Task, port: int, request: Request, container: Container | None = None
    ) -> Response | None:
        """What the containers of a task (or one of them) answer at a port inside the task; None
        where nothing listens.
        """
        for process in self._processes(task, container):
            response = process.program.answer(process.inside, port, request)
            if response is not None:
                return response
        return None

    def _processes(self, task: Task, container: Container | None) -> Iterator[Process]:
        for each in task.containers if container is None else [container]:
            process = self._running.get(each.arn)
            if process is not None:
                yield process

    # What the programs ask of the world around them.

    def now(self) -> float:
        """Virtual time, in seconds since the epoch."""
        return self._world.now()

    def write(self, inside: Inside, line: str) -> None:
        """Take one line of a container's output."""

    def send(self, inside: Inside, url: str, request: Request) -> Response:
        """Send an HTTP request from a container; raises UnreachableError."""
        raise UnreachableError(f"{url}: there is no way out of the container yet")

    def call_aws(
        self, inside: Inside, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request to an AWS API from a container."""
        return self._world.handle(method, url, headers, body, quiet=True)
