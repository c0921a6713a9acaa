"""Checks of network-sidecar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, running_tasks
from ecs_lab.exercises.variants import variant
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html"


def tasks(lab: Lab) -> list[Shape]:
    """The running tasks of web, once there was time for a deployment."""
    lab.wait(clinic.ROLLOUT_S)
    return running_tasks(lab, variant.cluster, "web")


def address(task: Shape) -> str:
    """The private address of a task's interface."""
    return str(task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"])


@check("Every task of web answers with what its own sidecar says", points=3)
def own_sidecar(lab: Lab) -> Verdict:
    """The check asks each task's container web five times."""
    found = tasks(lab)
    for task in found:
        for _ in range(5):
            reply = lab.http.from_task(task["taskArn"], "web").get("http://localhost/")
            if reply.status != 200 or reply.text != f"42, says {task['taskArn']}":
                return missed(
                    expected=f"200 42, says {task['taskArn']}",
                    found=f"{reply.status} {reply.text}",
                    why="The sidecar that is meant runs in the same task as web.",
                    see=GUIDE,
                )
    if found:
        return passed
    return missed(expected="running tasks of web", found="none")


@check("The service web keeps its two tasks running", needs="own_sidecar")
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("Nobody outside the task reaches the sidecar", points=2, needs="runs")
def closed(lab: Lab) -> Verdict:
    """The check tries, from one task to the other's address."""
    asking, asked = tasks(lab)[:2]
    url = f"http://{address(asked)}:{variant.sidecar.port}/"
    try:
        reply = lab.http.from_task(asking["taskArn"], "web").get(url)
    except UnreachableError:
        return passed
    return missed(
        expected=f"no answer to GET {url} from another task",
        found=f"{reply.status} {reply.text}",
        why="Containers of one task need no rule of a security group for each other.",
        see=GUIDE,
    )
