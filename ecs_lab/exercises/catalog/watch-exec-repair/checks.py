"""Checks of watch-exec-repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

WORD = "looked-inside"
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"


def refused(lab: Lab) -> str:
    """Run a command in each task of the service; why one was refused, or nothing."""
    lab.wait(clinic.ROLLOUT_S)
    tasks = running_tasks(lab, variant.cluster, "web")
    for task in tasks:
        try:
            lab.exec(task["taskArn"], f"echo {WORD}", container="web")
        except ClientError as error:
            return str(error)
    return "" if tasks else "no task of the service web runs"


@check("A command can be run in each task of the service", points=4)
def commands_run(lab: Lab) -> Verdict:
    """Once a rollout that goes on has had its time."""
    if not (why := refused(lab)):
        return passed
    return missed(expected="a command runs in each task", found="refused", why=why, see=PAGE)


@check("What a command prints is logged", points=2, needs="commands_run")
def logged(lab: Lab) -> Verdict:
    """The check runs `echo` and looks for its word in the log group."""
    refused(lab)
    found = lab.client("logs").filter_log_events(logGroupName=variant.group)["events"]
    if any(WORD in each["message"] for each in found):
        return passed
    return missed(
        expected=f"the session's output in {variant.group}",
        found=f"{len(found)} lines there, none of the session",
        why="The cluster says where sessions are logged; the task role has to be able to write.",
        see=PAGE,
    )


@check("The service keeps its two tasks running", needs="commands_run")
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)
