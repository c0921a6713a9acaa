"""Sessions of ECS Exec: what they print is logged as the cluster says, with the task role.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from ecs_lab.aws.containers import awslogs, callers
from ecs_lab.aws.containers.callers import Caller, RefusedError, UnreachableError
from ecs_lab.engine.model import Container, Task
from ecs_lab.runtime import shell

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

CLOUDWATCH_ACTIONS = ("logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents")
BUCKET_ACTIONS = ("s3:GetBucketLocation", "s3:GetEncryptionConfiguration")


def run(world: World, task: Task, container: Container, command: str, session_id: str) -> str:
    """Run a command in a container's view, log it, and give what it prints; raises LookupError for
    a container whose program does not run.
    """
    inside = world.containers.inside(container)
    if inside is None:
        raise LookupError(f"The container {container.name} does not run.")
    result = shell.run(inside, command)
    log(world, task, container, session_id, result.output)
    world.clock.advance(result.took_s)
    return result.output


def log(world: World, task: Task, container: Container, session_id: str, text: str) -> None:
    """Log what a session printed: to the container's own awslogs group (logging DEFAULT), to the
    group and bucket that the cluster names (OVERRIDE), or nowhere (NONE).

    AWS does not say what becomes of a session whose role may not log; in the lab it runs, and
    nothing is logged.
    """
    configuration = (task.cluster.configuration or {}).get("executeCommandConfiguration") or {}
    logging = configuration.get("logging") or "DEFAULT"
    wanted = configuration.get("logConfiguration") or {}
    group, region, bucket = wanted.get("cloudWatchLogGroupName"), callers.region_of(task), None
    if logging == "DEFAULT":
        own = container.definition.get("logConfiguration") or {}
        options = (own.get("options") or {}) if own.get("logDriver") == "awslogs" else {}
        group, region = options.get("awslogs-group"), options.get("awslogs-region") or region
    elif logging == "OVERRIDE":
        bucket = wanted.get("s3BucketName")
    else:
        return
    caller = callers.application(world, task)
    if group:
        _to_cloudwatch(caller, group, region, session_id, text)
    if bucket:
        prefix = wanted.get("s3KeyPrefix")
        key = f"{prefix}/{session_id}.log" if prefix else f"{session_id}.log"
        _to_s3(caller, bucket, key, text)


def _to_cloudwatch(caller: Caller, group: str, region: str, session_id: str, text: str) -> None:
    account_id = callers.account_of(caller.task)
    stream = awslogs.LogStream(account_id, region, group, session_id)
    arn = f"arn:aws:logs:{region}:{account_id}:log-group:{group}"
    try:
        for action in CLOUDWATCH_ACTIONS:
            resource = "*" if action == "logs:DescribeLogGroups" else f"{arn}:*"
            caller.ask(action, resource)
        awslogs.create(caller, stream, with_group=False)
    except (RefusedError, UnreachableError):
        return
    stream.write(caller.world.now(), text)


def _to_s3(caller: Caller, bucket: str, key: str, text: str) -> None:
    arn = f"arn:aws:s3:::{bucket}"
    try:
        caller.reach("s3")
        for action in BUCKET_ACTIONS:
            caller.ask(action, arn)
        caller.ask("s3:PutObject", f"{arn}/{key}")
        s3 = s3_backends[callers.account_of(caller.task)]["aws"]
        s3.put_object(bucket, key, text.encode())
    except (RefusedError, UnreachableError, MissingBucket):
        return
