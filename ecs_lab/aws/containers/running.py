"""The programs that run in the containers of a lab's tasks, from start to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ecs_lab.aws.containers import agent_environment, copied_images, sending
from ecs_lab.aws.containers.credentials import TaskCredentials
from ecs_lab.engine.model import Container, Service, Task
from ecs_lab.engine.surroundings import ContainerRun, Ends
from ecs_lab.runtime.health_checks import passes
from ecs_lab.runtime.images import Known
from ecs_lab.runtime.inside import KILLED, OUT_OF_MEMORY, Inside, UnreachableError
from ecs_lab.runtime.messages import Request, Response
from ecs_lab.runtime.programs import Program

if TYPE_CHECKING:
    from ecs_lab.aws.world import World


AWAITED_S = 3600.0
"""A program that sleeps for longer is one that runs on: nothing waits for it to go on."""


@dataclass(slots=True, eq=False)
class Process:
    """One container's program while it runs; `ending` once it has ended itself."""

    task: Task
    container: Container
    program: Program
    inside: Inside
    ends: Ends
    ending: bool = False


class Containers:
    """Starts programs in containers, and brings them requests.

    `images` are the programs of the images that were pushed to the lab's ECR, by digest, and
    `image_names` the names as which they were pushed.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: dict[str, Process] = {}
        self.images: dict[str, Program] = {}
        self.image_names: dict[str, str] = {}
        self.credentials = TaskCredentials(world)

    def start(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """Start the container's program; raises CannotStartError."""
        definition = container.definition
        own = self._world.startup.environment_of(task, container)
        environment = agent_environment.environment(task, container, own, self.credentials)
        inside = Inside(
            container.name,
            definition,
            environment,
            self,
            self._world.volumes.files_of(task, container),
            arn=container.arn,
        )
        program = self._program(task, container)
        process = Process(task, container, program, inside, ends)
        self._running[container.arn] = process
        return program.begin(inside)

    def _program(self, task: Task, container: Container) -> Program:
        """What an image holds: what was pushed, a copy of a public image, or what its name says."""
        digest = container.image_digest or ""
        if digest in self.images:
            return self.images[digest]
        return Known(copied_images.original(task, container))

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
            if process.ending:
                continue
            response = process.program.answer(process.inside, port, request)
            if response is not None:
                return response
        return None

    def _processes(self, task: Task, container: Container | None) -> Iterator[Process]:
        for each in task.containers if container is None else [container]:
            process = self._running.get(each.arn)
            if process is not None:
                yield process

    def passes_health_check(self, container: Container) -> bool:
        """Whether the command of the container's health check ends with exit code 0 now."""
        inside = self.inside(container)
        return inside is not None and passes(container.definition["healthCheck"], inside)

    def inside(self, container: Container) -> Inside | None:
        """What a container's program finds; None while none runs."""
        process = self._running.get(container.arn)
        return process.inside if process is not None else None

    def task_ended(self, task: Task) -> None:
        """The task is STOPPED."""
        self.credentials.task_ended(task)

    # What the programs ask of the world around them.

    def now(self) -> float:
        """Virtual time, in seconds since the epoch."""
        return self._world.now()

    def write(self, inside: Inside, line: str) -> None:
        """Take one line of a container's output, as of `inside.slept_s` seconds from now."""
        if inside.slept_s > 0:
            self._world.clock.schedule(inside.slept_s, self._write, inside, line)
        else:
            self._write(inside, line)

    def _write(self, inside: Inside, line: str) -> None:
        process = self._process(inside)
        if process is not None:
            self._world.logs.write(process.task, process.container, line)

    def _process(self, inside: Inside) -> Process | None:
        """The process that a program is, or None once it has ended."""
        process = self._running.get(inside.arn)
        return process if process is not None and process.inside is inside else None

    def wake(self, inside: Inside, after_s: float, *, background: bool) -> None:
        """Call the program's `wake` in `after_s` seconds."""
        self._schedule(after_s, self._wake, inside, background=background)

    def _schedule(
        self, after_s: float, action: Callable[..., Any], *args: Any, background: bool = False
    ) -> None:
        """Let a program go on or end; one that sleeps for long holds up no `settle`."""
        background = background or after_s > AWAITED_S
        self._world.clock.schedule(after_s, action, *args, background=background)

    def _wake(self, inside: Inside) -> None:
        process = self._process(inside)
        if process is not None and not process.ending:
            process.program.wake(inside)

    def end(self, inside: Inside, exit_code: int, reason: str | None = None) -> None:
        """End the container once what it does now is done."""
        process = self._process(inside)
        if process is not None and not process.ending:
            process.ending = True
            self._schedule(inside.slept_s, process.ends, exit_code, reason)

    def too_much_memory(self, inside: Inside) -> bool:
        """Whether a container uses more than its hard limit, or its task more than the task's.

        Source:
        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
        """
        process = self._process(inside)
        if process is None:
            return False
        own = inside.definition.get("memory")
        task = process.task
        whole = task.overrides.get("memory") or task.definition.document.get("memory")
        mine = inside.memory_mib + inside.load_mib
        others = [each.inside for each in self._processes(task, None) if each is not process]
        used = mine + sum(each.memory_mib + each.load_mib for each in others)
        return bool(own and mine > float(own)) or bool(whole and used > float(whole))

    def cpu_used(self, inside: Inside) -> None:
        """Know that a program keeps some CPU busy: the metrics of its service show it."""
        self._world.scaling.measure_programs()

    def used(self, service: Service) -> tuple[float, float]:
        """What the programs of a service's running tasks say they use: vCPUs, and memory in MiB."""
        processes = [
            each
            for task in service.tasks.values()
            if task.last_status == "RUNNING"
            for each in self._processes(task, None)
        ]
        vcpus = sum(each.inside.vcpus for each in processes)
        return vcpus, sum(each.inside.memory_mib for each in processes)

    def load(self, service: Service, memory_mib: float) -> None:
        """Let the running tasks of a service take a load's memory, each its share, in their first
        essential container; one for which that is too much is killed.
        """
        running = [each for each in service.tasks.values() if each.last_status == "RUNNING"]
        for task in running:
            first = next(each for each in task.containers if each.essential)
            inside = self.inside(first)
            if inside is not None:
                inside.load_mib = memory_mib / len(running)
                if self.too_much_memory(inside):
                    inside.slept_s = 0.0
                    self.end(inside, KILLED, OUT_OF_MEMORY)

    def send(self, inside: Inside, url: str, request: Request) -> Response:
        """Send an HTTP request from a container; raises UnreachableError."""
        process = self._process(inside)
        if process is None:
            raise UnreachableError(f"{url}: the container has ended")
        return sending.send(self._world, self, process, url, request)

    def call_aws(
        self, inside: Inside, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request to an AWS API from a container; raises UnreachableError."""
        process = self._process(inside)
        if process is not None:
            sending.check_way_to_service(process.task, urlsplit(url).hostname or "")
        return self._world.handle(method, url, headers, body, quiet=True)
