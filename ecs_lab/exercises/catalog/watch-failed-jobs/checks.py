"""Checks of watch-failed-jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html"


def messages(lab: Lab, command: str, *, cluster: str = "", stop: bool = False) -> int:
    """Run a job of this command to its end, and count the messages that the queue gets by it."""
    before = waiting(lab)
    image = "public.ecr.aws/docker/library/busybox:1.37"
    container = {"name": "job", "image": image, "command": ["sh", "-c", command]}
    where = {"cluster": cluster or variant.cluster}
    task = lab.client("ecs").run_task(
        taskDefinition=scene.fargate_definition(lab, container, family="checked-job"),
        launchType="FARGATE",
        networkConfiguration=scene.network(lab),
        **where,
    )["tasks"][0]
    lab.wait(120)
    if stop:
        lab.client("ecs").stop_task(task=task["taskArn"], **where)
    lab.wait(180)
    return waiting(lab) - before


def waiting(lab: Lab) -> int:
    """How many messages are in the queue."""
    sqs, name = lab.client("sqs"), "ApproximateNumberOfMessages"
    url = sqs.get_queue_url(QueueName=variant.queue)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
    return int(found[name])


@check("A job that fails sends one message", points=3)
def tells_of_failure(lab: Lab) -> Verdict:
    """The check runs a job that ends with exit code 3."""
    got = messages(lab, "exit 3")
    if got == 1:
        return passed
    return missed(
        expected="one message for a job with exit code 3",
        found=f"{got} messages",
        why="Each change of a task's state is an event of its own; a rule needs a target that is "
        "reached.",
        see=PAGE,
    )


@check("A job that ends well sends none", points=2, needs="tells_of_failure")
def no_false_alarm(lab: Lab) -> Verdict:
    """The check runs a job that ends with exit code 0."""
    got = messages(lab, "exit 0")
    if not got:
        return passed
    return missed(
        expected="no message for a job with exit code 0",
        found=f"{got} messages",
        why="Whether a job ended well is told by the exit code of its container.",
        see=PAGE,
    )


@check("A task that somebody stops sends none", points=2, needs="tells_of_failure")
def no_word_of_a_stop(lab: Lab) -> Verdict:
    """The check stops a job that would have gone on; its container is killed with 137 or 143."""
    got = messages(lab, "sleep 100000", stop=True)
    if not got:
        return passed
    return missed(
        expected="no message for a task that was stopped by StopTask",
        found=f"{got} messages",
        why="A killed container has an exit code too. The stopCode says who ended the task.",
        see=PAGE,
    )


@check("A job of another cluster sends none", needs="tells_of_failure")
def only_this_cluster(lab: Lab) -> Verdict:
    """The check runs a job that fails in the cluster other."""
    got = messages(lab, "exit 3", cluster="other")
    if not got:
        return passed
    return missed(
        expected="no message for a job of the cluster other",
        found=f"{got} messages",
        why="The events of all clusters of a Region come to one bus; clusterArn tells them apart.",
        see=PAGE,
    )
