"""What containers write, and where their log drivers bring it.

Whatever the driver, the lab keeps a container's last lines, so that a learner can read them as
`docker logs` shows them; that is the lab's, and no service of AWS.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ecs_lab.aws.containers import awslogs, callers, firelens
from ecs_lab.engine.model import Container, Task

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

KEPT_LINES = 10_000
"""How many lines the lab keeps of a container."""


class Line(NamedTuple):
    """A line of a container's output, and when it was written (epoch seconds)."""

    at_s: float
    text: str


class Delivery(Protocol):
    """Brings lines to where a log driver sends them."""

    def write(self, at_s: float, line: str) -> None:
        """Take one line."""


@dataclass(slots=True)
class Output:
    """What one container has written, and where it is delivered."""

    task: Task
    lines: deque[Line] = field(default_factory=partial(deque, maxlen=KEPT_LINES))
    delivery: Delivery | None = None


class Logs:
    """The output of all containers of a lab."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._outputs: dict[str, Output] = {}

    def open(self, task: Task, container: Container) -> None:
        """Start the container's log driver; raises CannotStartError with AWS's text.

        A container that is started again writes on where it wrote before.
        """
        delivery = self._delivery(task, container)
        output = self._outputs.get(container.arn)
        if output is not None:
            output.delivery = delivery
        elif delivery is not None:
            self._outputs[container.arn] = Output(task, delivery=delivery)

    def write(self, task: Task, container: Container, line: str) -> None:
        """Take one line of a container's output, written now."""
        output = self._outputs.get(container.arn)
        if output is None:
            self._forget_old()
            output = self._outputs[container.arn] = Output(task)
        at_s = self._world.now()
        output.lines.append(Line(at_s, line))
        if output.delivery is not None:
            output.delivery.write(at_s, line)

    def lines(self, container: Container) -> list[Line]:
        """What a container has written, oldest first, as `docker logs` has it."""
        output = self._outputs.get(container.arn)
        return list(output.lines) if output is not None else []

    def _delivery(self, task: Task, container: Container) -> Delivery | None:
        logging = container.definition.get("logConfiguration") or {}
        driver = logging.get("logDriver")
        if driver not in ("awslogs", "awsfirelens"):
            return None
        options = self._world.startup.log_options_of(container)
        if driver == "awsfirelens":
            return firelens.route(self._world, task, container, options)
        caller = callers.log_writer(self._world, task)
        return awslogs.open_stream(caller, task, container, options)

    def _forget_old(self) -> None:
        """Forget what containers wrote whose tasks DescribeTasks does not show any more."""
        for arn, output in list(self._outputs.items()):
            if output.task.id not in output.task.cluster.tasks:
                del self._outputs[arn]
