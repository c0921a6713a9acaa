"""Checks of network-call-by-name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

URL = "http://api.shop.local/"


def tasks(lab: Lab, name: str) -> set[str]:
    """The running tasks of a service."""
    return {task["taskArn"] for task in running_tasks(lab, variant.cluster, name)}


def reached(lab: Lab, wanted: set[str]) -> Verdict:
    """Whether each task of front is answered by one of these tasks."""
    for task in tasks(lab, "front"):
        try:
            reply = lab.http.from_task(task).get(URL)
        except UnreachableError as error:
            return missed(expected=f"an answer to GET {URL}", found="none", why=str(error))
        if reply.status != 200 or reply.task not in wanted:
            return missed(expected="200 from a running task of api", found=str(reply))
    return passed


@check("Every task of front is answered by a task of api", points=4)
def reaches(lab: Lab) -> Verdict:
    """From their containers, by the name."""
    lab.wait(clinic.ROLLOUT_S)
    return reached(lab, tasks(lab, "api"))


@check("It goes on when all tasks of api have been replaced", points=2, needs="reaches")
def goes_on(lab: Lab) -> Verdict:
    """The check forces a new deployment, and asks a quarter of an hour later."""
    lab.wait(clinic.ROLLOUT_S)
    before = tasks(lab, "api")
    lab.client("ecs").update_service(
        cluster=variant.cluster, service="api", forceNewDeployment=True
    )
    lab.wait(clinic.ROLLOUT_S)
    return reached(lab, tasks(lab, "api") - before)
