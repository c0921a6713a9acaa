"""The awslogs driver: a container's lines become events of a log stream in CloudWatch Logs.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.logs.models import logs_backends

from ecs_lab.aws.containers.callers import (
    Caller,
    RefusedError,
    UnreachableError,
    account_of,
    region_of,
)
from ecs_lab.aws.containers.failures import cannot_start
from ecs_lab.engine.model import Container, Task

NO_GROUP = "The specified log group does not exist."
SAME_MESSAGE_S = 5.0
"""How long lines are added to a message of several lines: Docker sends what it has every 5 s.

Source: https://docs.docker.com/engine/logging/drivers/awslogs/
"""

_DATES = {
    "%a": r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
    "%A": r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)",
    "%b": r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
    "%B": (
        r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    ),
    "%d": r"(?:0[1-9]|[1,2][0-9]|3[0,1])",
    "%f": r"[0-9]{6}",
    "%H": r"(?:[0,1][0-9]|2[0-3])",
    "%I": r"(?:0[0-9]|1[0-2])",
    "%j": r"(?:0[0-9]{2}|[1,2][0-9]{2}|3[0-5][0-9]|36[0-6])",
    "%m": r"(?:0[1-9]|1[0-2])",
    "%M": r"[0-5][0-9]",
    "%p": r"[A,P]M",
    "%S": r"[0-5][0-9]",
    "%w": r"[0-6]",
    "%y": r"[0-9]{2}",
    "%Y": r"[0-9]{4}",
    "%z": r"[+-][0-9]{4}",
    "%Z": r"[A-Z]{3,4}",
}
"""What Docker understands in awslogs-datetime-format.

Source: https://docs.docker.com/engine/logging/drivers/awslogs/#awslogs-datetime-format
"""


@dataclass(slots=True)
class LogStream:
    """Where the lines of one container go; `starts` is how a message of several lines begins."""

    account_id: str
    region: str
    group: str
    name: str
    starts: re.Pattern[str] | None = None
    last_at_s: float = float("-inf")

    def write(self, at_s: float, line: str) -> None:
        """Put a line as an event of its own, or add it to the one before; lines for a group or
        stream that has been deleted are lost.
        """
        group = logs_backends[self.account_id][self.region].groups.get(self.group)
        stream = group.streams.get(self.name) if group is not None else None
        if stream is None:
            return
        if self._goes_on(at_s, line) and stream.events:
            stream.events[-1].message += f"\n{line}"
        else:
            stream.put_log_events([{"timestamp": int(at_s * 1000), "message": line}])
        self.last_at_s = at_s

    def _goes_on(self, at_s: float, line: str) -> bool:
        if self.starts is None or at_s > self.last_at_s + SAME_MESSAGE_S:
            return False
        return self.starts.search(line) is None


def open_stream(
    caller: Caller, task: Task, container: Container, options: Mapping[str, str]
) -> LogStream:
    """Make the log stream of a container, and its group where the options say so; raises
    CannotStartError with AWS's text.
    """
    if "awslogs-datetime-format" in options and "awslogs-multiline-pattern" in options:
        raise cannot_start("log_options", task, container)
    region = options.get("awslogs-region") or region_of(task)
    name = stream_name(task, container, options)
    stream = LogStream(account_of(task), region, options["awslogs-group"], name, _starts(options))
    try:
        create(caller, stream, with_group=options.get("awslogs-create-group") == "true")
    except StreamRefusedError as refused:
        cause = caller.cause("logs", f"CreateLog{refused.what.title()}", refused)
        raise cannot_start("log_stream", task, container, what=refused.what, cause=cause) from None
    except UnreachableError:
        cause = caller.timeout("logs", "CreateLogStream")
        raise cannot_start("log_unreachable", task, container, cause=cause) from None
    return stream


def stream_name(task: Task, container: Container, options: Mapping[str, str]) -> str:
    """prefix/container/task, or the Docker container's id where there is no prefix."""
    prefix = options.get("awslogs-stream-prefix")
    return f"{prefix}/{container.name}/{task.id}" if prefix else str(container.runtime_id)


class StreamRefusedError(RefusedError):
    """CloudWatch Logs refuses to make a `what`: a stream or a group."""

    def __init__(self, what: str, error: RefusedError) -> None:
        super().__init__(error.code, error.message, error.status)
        self.what = what


def create(caller: Caller, stream: LogStream, *, with_group: bool) -> None:
    """Make a log stream, and its group (`with_group`) if that is missing; a stream that is there
    already is used on. Raises UnreachableError and StreamRefusedError.

    Docker tries the stream first, and the group only when that is missing.
    Source: https://github.com/moby/moby/blob/master/daemon/logger/awslogs/cloudwatchlogs.go
    """
    caller.reach("logs")
    arn = f"arn:aws:logs:{stream.region}:{stream.account_id}:log-group:{stream.group}"
    backend: Any = logs_backends[stream.account_id][stream.region]
    _ask(caller, "stream", f"{arn}:log-stream:{stream.name}")
    if stream.group not in backend.groups:
        if not with_group:
            raise StreamRefusedError("stream", RefusedError("ResourceNotFoundException", NO_GROUP))
        _ask(caller, "group", arn)
        backend.create_log_group(stream.group, {})
    if stream.name not in backend.groups[stream.group].streams:
        backend.create_log_stream(stream.group, stream.name)


def _ask(caller: Caller, what: str, resource: str) -> None:
    try:
        caller.ask(f"logs:CreateLog{what.title()}", resource)
    except RefusedError as error:
        raise StreamRefusedError(what, error) from None


def _starts(options: Mapping[str, str]) -> re.Pattern[str] | None:
    """The pattern that the first line of a message matches; one that is no pattern is none.

    >>> _starts({"awslogs-datetime-format": "[%Y-%m-%d"}).search("[2026-01-05 09:00] on") is None
    False
    """
    text = options.get("awslogs-multiline-pattern")
    dates = options.get("awslogs-datetime-format")
    if dates:
        parts = re.split(r"(%[a-zA-Z])", dates)
        text = "".join(_DATES.get(each, re.escape(each)) for each in parts)
    try:
        return re.compile(text) if text else None
    except re.error:
        return None
