"""What a learner sees of the containers of a lab's tasks: their output, and the answers of commands
that are run in them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from ecs_lab.worlds import World


class LogLine(NamedTuple):
    """A line that a container has written to its output, and when (UTC)."""

    at: datetime
    container: str
    text: str

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.container} | {self.text}"


class Inspecting:
    """The part of a lab that looks into containers."""

    @property
    def world(self) -> World:
        """What the lab stands on."""
        raise NotImplementedError

    def logs(self, task: str, container: str | None = None) -> list[LogLine]:
        """What the containers of a task have written, or one of them, oldest first.

        `task` is its ARN or id. The lab keeps the last lines whatever the log driver, as `docker
        logs` on the instance would show them; CloudWatch Logs has what awslogs brings there. Raises
        ValueError for a task or container that is not there.
        """
        try:
            found = self.world.container_logs(task, container)
        except LookupError as error:
            raise ValueError(str(error.args[0])) from None
        return [
            LogLine(datetime.fromtimestamp(at_s, UTC), name, text) for at_s, name, text in found
        ]
