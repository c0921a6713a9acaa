"""Checks of balance-two-paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300
TIMES = 12
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html"
PATHS = {"shop": "/basket", "api": f"/{variant.path}/new"}
"""A path that each service answers."""


def answered_by(lab: Lab, path: str) -> list[tuple[int, str | None, str | None]]:
    """Status, family:revision and task of several answers to a path."""
    found = lab.client("elbv2").describe_load_balancers(Names=["web"])["LoadBalancers"][0]
    url = f"http://{found['DNSName']}{path}"
    replies = [lab.http.get(url) for _ in range(TIMES)]
    return [(reply.status, reply.revision, reply.task) for reply in replies]


def answers(lab: Lab, name: str) -> Verdict:
    """Whether all requests for a service's path are answered by both of its tasks."""
    lab.wait(FIVE_MINUTES_S)
    try:
        replies = answered_by(lab, PATHS[name])
    except UnreachableError as error:
        return missed(expected=f"200 for GET {PATHS[name]}", found="no answer", why=str(error))
    families = {(status, str(revision).partition(":")[0]) for status, revision, _ in replies}
    tasks = {task for *_, task in replies}
    if families == {(200, name)} and len(tasks) == 2:
        return passed
    told = ", ".join(f"{status} from {family}" for status, family in sorted(families))
    return missed(
        expected=f"200 for GET {PATHS[name]} from two tasks of {name}",
        found=f"{told}; {len(tasks - {None})} different tasks",
        why="The rules of the listener say which target group a request goes to.",
        see=PAGE,
    )


@check("The service shop answers what is not for api", points=2)
def shop_answers(lab: Lab) -> Verdict:
    """Twelve requests, on a path that only the default can take."""
    return answers(lab, "shop")


@check("The service api answers the paths below its own", points=2)
def api_answers(lab: Lab) -> Verdict:
    """Twelve requests, on a path of its own."""
    return answers(lab, "api")


@check("When a task of each is lost, every request is still answered", points=2,
       needs="api_answers")  # fmt: skip
def survives(lab: Lab) -> Verdict:
    """The check stops one task of each service, and asks half a minute later."""
    lab.wait(FIVE_MINUTES_S)
    for name in PATHS:
        task = running_tasks(lab, variant.cluster, name)[0]
        lab.client("ecs").stop_task(cluster=variant.cluster, task=task["taskArn"])
    lab.wait(30)
    statuses = {status for path in PATHS.values() for status, *_ in answered_by(lab, path)}
    if statuses == {200}:
        return passed
    return missed(expected="200 for all requests", found=f"the statuses {sorted(statuses)}")
