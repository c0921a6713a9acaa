"""Checks of deploy-stuck-update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, instances, last_event, running_tasks, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

TEN_MINUTES_S = 600
LOOK_S = 15
LOOKS = 60


def ports(tasks: list[Shape]) -> set[int]:
    """The host ports that tasks have."""
    return {
        bound["hostPort"]
        for task in tasks
        for container in task["containers"]
        for bound in container.get("networkBindings", [])
    }


def same_ground(lab: Lab) -> Verdict:
    """Whether nothing was bought, and the port was not changed."""
    machines = instances(lab, variant.cluster)
    found = ports(running_tasks(lab, variant.cluster, "web"))
    if len(machines) == 2 and found == {8080}:
        return passed
    return missed(
        expected="2 instances, host port 8080",
        found=f"{len(machines)} instances, host ports {sorted(found)}",
        why="The repair is to be made in how the service is deployed.",
    )


@check("The service runs two tasks of web:2", points=3)
def update_is_through(lab: Lab) -> Verdict:
    """The update that was stuck has got through, on the same ground."""
    lab.wait(TEN_MINUTES_S)
    if (ground := same_ground(lab)) is not passed:
        return ground
    web = service(lab, variant.cluster, "web") or {}
    tasks = running_tasks(lab, variant.cluster, "web")
    revisions = sorted(task["taskDefinitionArn"].rpartition("/")[2] for task in tasks)
    if revisions == ["web:2", "web:2"] and web["desiredCount"] == 2:
        return passed
    return missed(
        expected="desired 2, running web:2 and web:2",
        found=f"desired {web.get('desiredCount')}, running {' and '.join(revisions) or 'nothing'}",
        why=last_event(web),
    )


@check("Another update gets through, and one task serves all the time", points=3,
       needs="update_is_through")  # fmt: skip
def next_update(lab: Lab) -> Verdict:
    """The check goes back to web:1, and counts tasks meanwhile."""
    lab.wait(TEN_MINUTES_S)
    lab.client("ecs").update_service(
        cluster=variant.cluster, service="web", taskDefinition="web:1", forceNewDeployment=True
    )
    web, fewest = service(lab, variant.cluster, "web") or {}, 2
    for _ in range(LOOKS):
        lab.wait(LOOK_S)
        web = service(lab, variant.cluster, "web") or {}
        fewest = min(fewest, web["runningCount"])
    state = web["deployments"][0]["rolloutState"]
    if state == "COMPLETED" and fewest >= 1:
        return passed
    return missed(
        expected="an update that is COMPLETED, with 1 task at least all the time",
        found=f"{state}, with {fewest} tasks at the least",
        why="The percentages of the service have to leave room for every update, and the minimum "
        "has to keep one task.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
    )
