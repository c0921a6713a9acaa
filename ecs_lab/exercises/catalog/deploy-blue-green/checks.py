"""Checks of deploy-blue-green."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import last_event, service, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

MISSING = "123456789012.dkr.ecr.us-east-1.amazonaws.com/not-there:1"
LOOK_S = 15
LOOKS = 80
FAMILY_FIELDS = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory",
                 "containerDefinitions", "executionRoleArn")  # fmt: skip
PAGE = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
    "blue-green-deployment-how-it-works.html"
)


def deploy(lab: Lab, image: str | None = None) -> str:
    """Deploy a new revision of what the service runs; gives it as `family:revision`."""
    ecs = lab.client("ecs")
    arn = (service(lab, variant.cluster, "web") or {})["taskDefinition"]
    old = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    new = {name: old[name] for name in FAMILY_FIELDS if name in old}
    if image:
        first, *others = new["containerDefinitions"]
        new["containerDefinitions"] = [first | {"image": image}, *others]
        new.setdefault("executionRoleArn", lab.roles["ecsTaskExecutionRole"])
    made = ecs.register_task_definition(**new)["taskDefinition"]
    ecs.update_service(
        cluster=variant.cluster, service="web", taskDefinition=made["taskDefinitionArn"]
    )
    return f"{made['family']}:{made['revision']}"


def url(lab: Lab) -> str:
    """The address of the load balancer front."""
    found = lab.client("elbv2").describe_load_balancers(Names=["front"])["LoadBalancers"]
    return f"http://{found[0]['DNSName']}"


@check("The service web has two tasks running on Fargate")
def two_running(lab: Lab) -> Verdict:
    """Two tasks are RUNNING once things have settled."""
    lab.settle()
    return service_runs(lab, variant.cluster, "web", 2, "FARGATE")


@check("The load balancer answers requests", needs="two_running")
def answers(lab: Lab) -> Verdict:
    """A request to the load balancer's name gets 200 from a task."""
    lab.settle()
    reply = lab.http.get(url(lab))
    if reply.status == 200:
        return passed
    return missed(expected="200 from a task", found=str(reply), why="Look at the target groups.")


@check("An update moves all users at once", points=2, needs="answers")
def moves_at_once(lab: Lab) -> Verdict:
    """The check deploys a revision that works, and sends pairs of requests all the while."""
    lab.settle()
    new = deploy(lab)
    mixed, seen = 0, {lab.http.get(url(lab)).revision}
    for _ in range(LOOKS):
        lab.wait(LOOK_S)
        seen = {lab.http.get(url(lab)).revision for _ in range(4)}
        mixed += len(seen) > 1
        if seen == {new}:
            break
    if seen == {new} and not mixed:
        return passed
    return missed(
        expected=f"all requests answered by {new}, and no two revisions side by side",
        found=f"answers by {', '.join(sorted(map(str, seen)))}; side by side in {mixed} looks",
        why="In a rolling update, users meet old and new tasks for a while.",
        see=PAGE,
    )


@check("The old tasks are kept after that", points=2, needs="answers")
def blue_is_kept(lab: Lab) -> Verdict:
    """The check deploys, waits for the shift and nearly as long as was asked for, and counts."""
    lab.settle()
    new = deploy(lab)
    for _ in range(LOOKS):
        lab.wait(LOOK_S)
        if lab.http.get(url(lab)).revision == new:
            break
    lab.wait(variant.minutes * 60 - LOOK_S)
    running = (service(lab, variant.cluster, "web") or {})["runningCount"]
    if running == 4:
        return passed
    return missed(
        expected=f"4 tasks, two of each revision, nearly {variant.minutes} minutes after the shift",
        found=f"{running} tasks",
        why="How long blue is kept after the traffic has moved is the bake time.",
        see=PAGE,
    )


@check("Users notice nothing of a bad update", points=2, needs="answers")
def bad_update_unseen(lab: Lab) -> Verdict:
    """The check deploys an image that does not exist, and sends requests all the while."""
    lab.settle()
    bad = deploy(lab, MISSING)
    replies = []
    for _ in range(LOOKS):
        lab.wait(LOOK_S)
        replies.append(lab.http.get(url(lab)))
    wrong = [reply for reply in replies if reply.status != 200 or reply.revision == bad]
    if not wrong:
        return passed
    return missed(
        expected="every request answered by the old revision",
        found=f"{len(wrong)} of {len(replies)} requests were not, such as {wrong[0]}",
        why=last_event(service(lab, variant.cluster, "web") or {}),
    )
