"""FireLens: a container's lines go to the log router of its task, which brings them to where the
options of the awsfirelens driver say, with the permissions of the task role.

CloudWatch Logs, Firehose and S3 are simulated; what goes to other outputs counts as sent. The
plugins' own options are those of Fluent Bit.
Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html,
https://docs.fluentbit.io/manual/data-pipeline/outputs/cloudwatch
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from ecs_lab.aws.containers import awslogs, callers
from ecs_lab.aws.containers.callers import Caller, RefusedError, UnreachableError
from ecs_lab.engine.model import Container, Task

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

ANY_FAILURE = "[error] [output:{plugin}:{plugin}.1] failed to send: {why}"
"""What the lab's router writes of lines that it could not send: its own words."""


@dataclass(slots=True)
class Route:
    """Where the lines of one container go; `sent` counts those that arrived."""

    world: World
    task: Task
    container: Container
    router: Container
    options: Mapping[str, str]
    sent: int = 0

    def write(self, at_s: float, line: str) -> None:
        """Send a line; without a running router it is lost, and what fails the router logs."""
        if self.router.last_status != "RUNNING" or not self._wanted(line):
            return
        plugin = self.options.get("Name") or self.options.get("@type") or ""
        try:
            _OUTPUTS.get(plugin, _elsewhere)(self, at_s, line)
        except RefusedError as error:
            self._complain(plugin, f"{error.code}: {error.message}")
        except UnreachableError as error:
            self._complain(plugin, str(error))
        else:
            self.sent += 1

    @property
    def caller(self) -> Caller:
        """The router, with the task role."""
        return callers.application(self.world, self.task)

    @property
    def tag(self) -> str:
        """The line's tag, as the agent configures the router."""
        return f"{self.container.name}-firelens-{self.task.id}"

    @property
    def region(self) -> str:
        """The Region that the options name, else the task's."""
        return self.options.get("region") or callers.region_of(self.task)

    def record(self, line: str) -> str:
        """The line as Fluent Bit sends it: JSON, with what ECS adds unless it is told not to."""
        found = {
            "log": line,
            "source": "stdout",
            "container_id": str(self.container.runtime_id),
            "container_name": f"/{self.container.name}",
        }
        router = self.router.definition["firelensConfiguration"].get("options") or {}
        if router.get("enable-ecs-log-metadata") != "false":
            definition = self.task.definition
            found["ecs_cluster"] = self.task.cluster.name
            found["ecs_task_arn"] = self.task.arn
            found["ecs_task_definition"] = f"{definition.family}:{definition.revision}"
        key = self.options.get("log_key")
        return found.get(key, "") if key else json.dumps(found)

    def _wanted(self, line: str) -> bool:
        """Whether the options include-pattern and exclude-pattern let a line through."""
        include = self.options.get("include-pattern")
        exclude = self.options.get("exclude-pattern")
        if include and not re.search(include, line):
            return False
        return not (exclude and re.search(exclude, line))

    def _complain(self, plugin: str, why: str) -> None:
        text = ANY_FAILURE.format(plugin=plugin, why=why)
        self.world.logs.write(self.task, self.router, text)


def route(
    world: World, task: Task, container: Container, options: Mapping[str, str]
) -> Route | None:
    """The way of a container's lines through its task's log router; None without a router."""
    routers = [each for each in task.containers if each.definition.get("firelensConfiguration")]
    if not routers or routers[0] is container:
        return None
    return Route(world, task, container, routers[0], options)


def _to_cloudwatch(at: Route, at_s: float, line: str) -> None:
    """cloudwatch_logs and cloudwatch: stream log_stream_name, or log_stream_prefix and the tag."""
    options, caller = at.options, at.caller
    name = options.get("log_stream_name") or options.get("log_stream_prefix", "") + at.tag
    account_id, group = callers.account_of(at.task), options.get("log_group_name", "")
    stream = awslogs.LogStream(account_id, at.region, group, name)
    create = options.get("auto_create_group", "").lower() in ("true", "on", "yes")
    awslogs.create(caller, stream, with_group=create)
    arn = f"arn:aws:logs:{at.region}:{account_id}:log-group:{group}:log-stream:{name}"
    caller.ask("logs:PutLogEvents", arn)
    stream.write(at_s, at.record(line))


def _to_firehose(at: Route, at_s: float, line: str) -> None:
    """kinesis_firehose and firehose: one record a line."""
    from moto.firehose.exceptions import ResourceNotFoundException
    from moto.firehose.models import firehose_backends

    name, account_id = at.options.get("delivery_stream", ""), callers.account_of(at.task)
    at.caller.reach("firehose")
    arn = f"arn:aws:firehose:{at.region}:{account_id}:deliverystream/{name}"
    at.caller.ask("firehose:PutRecordBatch", arn)
    data = f"{at.record(line)}\n".encode()
    try:
        firehose_backends[account_id][at.region].put_record_batch(name, [{"Data": data}])
    except ResourceNotFoundException as error:
        raise RefusedError("ResourceNotFoundException", str(error.message)) from None


def _to_s3(at: Route, at_s: float, line: str) -> None:
    """s3: lines of one minute and one container are one object."""
    bucket, minute = at.options.get("bucket", ""), datetime.fromtimestamp(at_s, UTC)
    key = f"fluent-bit-logs/{at.tag}/{minute:%Y/%m/%d/%H/%M}"
    at.caller.reach("s3")
    at.caller.ask("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}")
    s3 = s3_backends[callers.account_of(at.task)]["aws"]
    try:
        before = s3.get_object(bucket, key)
        body = (bytes(before.value) if before is not None else b"") + at.record(line).encode()
        s3.put_object(bucket, key, body + b"\n")
    except MissingBucket:
        text = "The specified bucket does not exist"
        raise RefusedError("NoSuchBucket", text, status=404) from None


def _elsewhere(at: Route, at_s: float, line: str) -> None:
    """Any other output, or none: the line counts as sent."""


_OUTPUTS: dict[str, Callable[[Route, float, str], None]] = {
    "cloudwatch": _to_cloudwatch,
    "cloudwatch_logs": _to_cloudwatch,
    "firehose": _to_firehose,
    "kinesis_firehose": _to_firehose,
    "s3": _to_s3,
}
