"""Checks of clinic-task-states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html"


def messages(lab: Lab, name: str) -> list[str]:
    """The bodies of all messages in a queue, which is empty afterwards."""
    sqs, bodies = lab.client("sqs"), []
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in found:
            bodies.append(str(each["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return bodies


def lights(lab: Lab, name: str, state: str, what: str) -> Verdict:
    """Whether a lamp is lit in this state and no other, while one task ends and another comes."""
    lab.settle()
    messages(lab, name)
    first, *_ = running_tasks(lab, variant.cluster, "web")
    lab.client("ecs").stop_task(cluster=variant.cluster, task=first["taskArn"])
    lab.wait(clinic.ROLLOUT_S)
    try:
        details = [json.loads(body)["detail"] for body in messages(lab, name)]
        found = sorted({str(each["lastStatus"]) for each in details})
    except (ValueError, KeyError, TypeError):
        return missed(expected="whole events as messages", found="something else")
    if found == [state]:
        return passed
    return missed(
        expected=f"{name} gets a message when {what}, and at no other time",
        found=f"messages when a task is {' and '.join(found)}" if found else "no message",
        why="What is ECS doing while a task is in this state?",
        see=PAGE,
    )


@check("The first lamp is lit at the right time", points=2)
def first_lamp(lab: Lab) -> Verdict:
    """The check stops the service's task, and reads the queue a quarter of an hour later."""
    return lights(lab, variant.lamps.first, variant.lamps.first_state, variant.lamps.first_is)


@check("The second lamp is lit at the right time", points=2)
def second_lamp(lab: Lab) -> Verdict:
    """The check stops the service's task, and reads the queue a quarter of an hour later."""
    return lights(lab, variant.lamps.second, variant.lamps.second_state, variant.lamps.second_is)


@check("The third lamp is lit at the right time", points=2)
def third_lamp(lab: Lab) -> Verdict:
    """The check stops the service's task, and reads the queue a quarter of an hour later."""
    return lights(lab, variant.lamps.third, variant.lamps.third_state, variant.lamps.third_is)
