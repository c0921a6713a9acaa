"""Dead-letter queues of EventBridge Scheduler: what could not be invoked goes to a queue.

The lab makes no retries: what fails once has failed, whatever the retry policy says.
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.sqs.models import sqs_backends
from moto.utilities.arns import parse_arn

from ecs_lab.engine.eventbridge import iso

if TYPE_CHECKING:
    from ecs_lab.aws.world import World


def send(world: World, schedule: Any, why: str) -> None:
    """Send a failed invocation to the schedule's dead-letter queue, if it has one that is there and
    its role may send to it.
    """
    target = schedule.target
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue or not world.access.decide(target.get("RoleArn"), "sqs:SendMessage", queue):
        return
    arn = parse_arn(queue)
    sqs = sqs_backends[arn.account][arn.region]
    if arn.resource_id in sqs.queues:
        body = str(target.get("Input") or json.dumps(target.get("EcsParameters") or {}))
        sqs.send_message(
            queue_name=arn.resource_id,
            message_body=body,
            message_attributes=_attributes(world, schedule, why),
        )


def _attributes(world: World, schedule: Any, why: str) -> dict[str, dict[str, str]]:
    """The message attributes that say what has failed, in moto's form."""
    told = {
        "ERROR_MESSAGE": why,
        "RETRY_ATTEMPTS": "0",
        "SCHEDULED_TIME": iso(world.now())[:-5] + "Z",
        "SCHEDULE_ARN": str(schedule.arn),
        "TARGET_ARN": str(schedule.target["Arn"]),
    }
    return {name: {"DataType": "String", "StringValue": text} for name, text in told.items()}
