"""What a learner sees of the containers of a lab's tasks: their output, and the answers of commands
that are run in them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

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

    def client(self, service: str, **settings: Any) -> Any:
        """A boto3 client of the lab."""
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

    def exec(self, task: str, command: str, container: str | None = None) -> str:
        """Run a command in a container by ECS Exec, and give what it prints.

        `task` is its ARN or id, `container` may be left out where there is one. First asks
        ExecuteCommand, with the rights of whoever acts in the lab: what keeps a session from being
        opened is botocore's error, in AWS's words. Then the command runs as root in the container's
        view, as far as the lab's shell knows it, and the session is logged as the cluster says.
        Raises ValueError for a task that is not there.
        """
        arn = self._arn_of(task)
        session = self.client("ecs").execute_command(
            cluster=arn.split("/")[1],
            task=arn,
            command=command,
            interactive=True,
            **({"container": container} if container else {}),
        )
        return self.world.run_in_container(
            arn, session["containerName"], command, session["session"]["sessionId"]
        )

    def _arn_of(self, task: str) -> str:
        if task.startswith("arn:"):
            return task
        tasks = self.world.snapshot()["tasks"]
        found = [each["taskArn"] for each in tasks if each["taskArn"].endswith(f"/{task}")]
        if not found:
            raise ValueError(f"There is no task {task!r} in this lab.")
        return str(found[0])
