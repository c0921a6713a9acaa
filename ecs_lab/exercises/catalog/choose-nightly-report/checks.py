"""Checks of choose-nightly-report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

UNTIL_S = 45 * 60
"""How long before and after the wanted moment the check looks."""
PAGE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"


def night(lab: Lab, days: int = 0) -> datetime:
    """The next 02:30 of the place that is at least so many days from now."""
    local = lab.now.astimezone(ZoneInfo(variant.place.zone)) + timedelta(days=days)
    at = local.replace(hour=2, minute=30, second=0, microsecond=0)
    return at if at > local + timedelta(seconds=UNTIL_S) else at + timedelta(days=1)


def reports(lab: Lab, at: datetime) -> list[str]:
    """Let time pass until well after a night's moment; when reports were made around it."""
    ecs = lab.client("ecs")
    lab.wait((at - lab.now).total_seconds() + UNTIL_S)
    where = {"cluster": variant.place.cluster, "family": "report"}
    arns = ecs.list_tasks(**where, desiredStatus="STOPPED")["taskArns"]
    found = ecs.describe_tasks(cluster=where["cluster"], tasks=arns)["tasks"] if arns else []
    zone = ZoneInfo(variant.place.zone)
    ended = [each for each in found if each["containers"][0].get("exitCode") == 0]
    return [f"{each['createdAt'].astimezone(zone):%H:%M}" for each in ended]


def judge(found: list[str], why: str) -> Verdict:
    """One report at half past two, and no other around it."""
    if found == ["02:30"]:
        return passed
    return missed(
        expected="one report, begun at 02:30 local time",
        found=", ".join(found) or "no report that was made around that time",
        why=why,
        see=PAGE,
    )


@check("In the next night one report is made, at 02:30", points=3)
def in_winter(lab: Lab) -> Verdict:
    """The check lets the next night pass."""
    why = "Who calls RunTask needs a role that it may assume, with ecs:RunTask and iam:PassRole."
    return judge(reports(lab, night(lab)), why)


@check("In a night in summer as well", points=2, needs="in_winter")
def in_summer(lab: Lab) -> Verdict:
    """The check lets half a year pass."""
    why = "A time in UTC does not know of summer time; a schedule can be in a time zone."
    return judge(reports(lab, night(lab, 182)), why)


@check("A night without a task definition leaves a message", points=2, needs="in_winter")
def tells_of_failure(lab: Lab) -> Verdict:
    """The check deregisters the task definition and lets a night pass."""
    ecs, sqs = lab.client("ecs"), lab.client("sqs")
    for arn in ecs.list_task_definitions(familyPrefix="report")["taskDefinitionArns"]:
        ecs.deregister_task_definition(taskDefinition=arn)
    reports(lab, night(lab))
    url = sqs.get_queue_url(QueueName="missed")["QueueUrl"]
    if sqs.receive_message(QueueUrl=url).get("Messages"):
        return passed
    return missed(
        expected="a message in the queue missed",
        found="an empty queue",
        why="A target has a dead-letter queue only if it names one, and the role may send to it.",
        see="https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
    )
