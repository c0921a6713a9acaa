"""Checks of iam-own-roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import last_event, running_tasks, service
from ecs_lab.exercises.variants import variant
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"
NAMES = (variant.pair.first, variant.pair.second)


def answers(lab: Lab, of: str, asked: str) -> list[str]:
    """What the tasks of a service answer, inside their own containers, to GET /<asked>."""
    found = []
    for task in running_tasks(lab, variant.cluster, of):
        try:
            found.append(lab.http.from_task(task["taskArn"]).get(f"http://localhost/{asked}").text)
        except UnreachableError as error:
            found.append(str(error))
    return found


@check("Both services run, and the instance's role can read neither parameter", points=2)
def instance_reads_none(lab: Lab) -> Verdict:
    """The check tries both, as ecsInstanceRole."""
    idle = [name for name in NAMES if not running_tasks(lab, variant.cluster, name)]
    if idle:
        return missed(expected="a running task of each", found=f"none of {' and '.join(idle)}")
    with lab.acting_as("ecsInstanceRole"):
        ssm = lab.client("ssm")
    read = []
    for name in NAMES:
        try:
            ssm.get_parameter(Name=f"/{name}/key")
        except ClientError:
            continue
        read.append(f"/{name}/key")
    if not read:
        return passed
    return missed(
        expected="AccessDenied for both",
        found=f"it has read {' and '.join(read)}",
        why="Code in a task without a role of its own works with the instance's role.",
        see=GUIDE,
    )


@check("The code of each service reads its own parameter", points=2, needs="instance_reads_none")
def own(lab: Lab) -> Verdict:
    """The check asks the application of every task, a quarter of an hour later."""
    lab.wait(clinic.ROLLOUT_S)
    for name in NAMES:
        found = answers(lab, name, name)
        if not found or set(found) != {f"key of {name}"}:
            return missed(
                expected=f"the value of /{name}/key from each task of {name}",
                found="; ".join(found) or "no task runs",
                why=last_event(service(lab, variant.cluster, name) or {}),
                see=GUIDE,
            )
    return passed


@check("Neither reads the parameter of the other", points=2, needs="own")
def apart(lab: Lab) -> Verdict:
    """The check asks each service's application for the other one's."""
    lab.wait(clinic.ROLLOUT_S)
    for name, other in (NAMES, NAMES[::-1]):
        if f"key of {other}" in answers(lab, name, other):
            return missed(
                expected=f"the code of {name} cannot read /{other}/key",
                found=f"it has read it: key of {other}",
                why="Every task definition can name a role of its own.",
                see=GUIDE,
            )
    return passed
