"""Checks of ec2-anywhere-printer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import last_event, running_tasks, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html"


def on_server(lab: Lab) -> Verdict:
    """Whether two tasks of the family printer run on the server outside AWS."""
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster=variant.cluster, family="printer")["taskArns"]
    tasks = ecs.describe_tasks(cluster=variant.cluster, tasks=arns)["tasks"] if arns else []
    found = [t for t in tasks if (t["lastStatus"], t["launchType"]) == ("RUNNING", "EXTERNAL")]
    if len(found) == 2:
        return passed
    now = service(lab, variant.cluster, "printer")
    return missed(
        expected="2 tasks RUNNING with the launch type EXTERNAL",
        found=f"{len(found)} such tasks of {len(tasks)}",
        why=last_event(now) if now else "There is no ACTIVE service printer.",
        see=PAGE,
    )


@check("Two tasks of the family printer run on the server", points=2)
def runs(lab: Lab) -> Verdict:
    """With the launch type EXTERNAL."""
    lab.wait(FIVE_MINUTES_S)
    return on_server(lab)


@check("They run there again when they were stopped", points=2, needs="runs")
def kept(lab: Lab) -> Verdict:
    """The check stops both and waits five minutes."""
    lab.wait(FIVE_MINUTES_S)
    ecs = lab.client("ecs")
    for arn in ecs.list_tasks(cluster=variant.cluster, family="printer")["taskArns"]:
        ecs.stop_task(cluster=variant.cluster, task=arn)
    lab.wait(FIVE_MINUTES_S)
    return on_server(lab)


@check("They are the tasks of the service printer", needs="runs")
def of_service(lab: Lab) -> Verdict:
    """Two tasks of that name's service."""
    lab.wait(FIVE_MINUTES_S)
    found = len(running_tasks(lab, variant.cluster, "printer"))
    if found == 2:
        return passed
    return missed(expected="2 tasks of the service printer", found=found,
                  why="RunTask starts tasks once; a service keeps their number.")  # fmt: skip
