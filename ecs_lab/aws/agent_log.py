"""The log of one instance's ECS agent, in the format of `/var/log/ecs/ecs-agent.log`.

https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/logger/log.go (logfmt)
"""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime
from typing import Any

from ecs_lab.aws.agent_config import AGENT_DATA

_LINES_KEPT = 1000  # the real agent rolls its log over by size


class AgentLog:
    """The lines of one agent's log, newest last.

    >>> log = AgentLog()
    >>> log.write(0.0, "registering")
    >>> log.lines
    ['level=info time=1970-01-01T00:00:00Z msg="Registering Instance with ECS"']
    """

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)

    @property
    def lines(self) -> list[str]:
        """A copy of the lines."""
        return list(self._lines)

    def write(self, at_s: float, line_name: str, **values: Any) -> None:
        """Write a line of agent_log.toml at a time in seconds since the epoch."""
        line = AGENT_DATA["lines"][line_name]
        message = line["msg"].format(**values)
        extra = [f"{name}={_quoted(values[name])}" for name in line.get("fields", [])]
        self._append(at_s, line["level"], message, extra, line.get("module"))

    def warn(self, at_s: float, message: str) -> None:
        """Write a warning about a setting."""
        self._append(at_s, "warn", message, [], "parse.go")

    def note(self, note_name: str, **values: Any) -> None:
        """Add a remark of the lab's own, which no agent would write."""
        self._lines.append("# lab: " + AGENT_DATA["notes"][note_name].format(**values))

    def _append(
        self, at_s: float, level: str, message: str, extra: list[str], module: str | None
    ) -> None:
        time = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        ending = [*extra, *([f"module={module}"] if module else [])]
        words = [f"level={level}", f"time={time}", f"msg={_quoted(message)}", *ending]
        self._lines.append(" ".join(words))


def _quoted(value: Any) -> str:
    """A value as Go's %q (texts) or %v (numbers) prints it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
