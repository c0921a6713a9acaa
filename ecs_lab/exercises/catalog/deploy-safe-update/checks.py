"""Checks of deploy-safe-update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, service, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

MISSING = "123456789012.dkr.ecr.us-east-1.amazonaws.com/not-there:1"
LOOK_S = 15
LOOKS = 40
HALF_AN_HOUR_S = 1800
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"


def deploy(lab: Lab, image: str | None) -> Shape:
    """Deploy the service's task definition again, with another image if one is given; gives the
    service as it was before.
    """
    before = service(lab, variant.cluster, "web") or {}
    ecs = lab.client("ecs")
    arn = before["taskDefinition"]
    old = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    names = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory",
             "containerDefinitions", "executionRoleArn")  # fmt: skip
    new = {name: old[name] for name in names if name in old}
    if image:
        first, *others = new["containerDefinitions"]
        new["containerDefinitions"] = [first | {"image": image}, *others]
        new.setdefault("executionRoleArn", lab.roles["ecsTaskExecutionRole"])
    made = ecs.register_task_definition(**new)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=variant.cluster, service="web", taskDefinition=made)
    return before


@check("The service web has four tasks running on Fargate")
def four_running(lab: Lab) -> Verdict:
    """Four tasks are RUNNING, as many as are wanted."""
    lab.settle()
    return service_runs(lab, variant.cluster, "web", 4, "FARGATE")


@check("An update keeps four tasks and has at most six", points=3, needs="four_running")
def good_update_in_bounds(lab: Lab) -> Verdict:
    """The check deploys a revision that works, and counts tasks while it goes on."""
    lab.settle()
    deploy(lab, None)
    web, counts = service(lab, variant.cluster, "web") or {}, []
    for _ in range(LOOKS):
        lab.wait(LOOK_S)
        web = service(lab, variant.cluster, "web") or {}
        counts.append((web["runningCount"], web["runningCount"] + web["pendingCount"]))
    fewest, most = min(low for low, _ in counts), max(high for _, high in counts)
    done = web["deployments"][0]["rolloutState"]
    if fewest >= 4 and most <= 6 and done == "COMPLETED":
        return passed
    return missed(
        expected="an update that is COMPLETED, with 4 to 6 tasks all the time",
        found=f"{done}, with {fewest} to {most} tasks",
        why="The minimum is rounded up, the maximum down; both are percent of the desired count.",
        see=PAGE + "deployment-type-ecs.html",
    )


@check("After a bad update the old revision is back", points=3, needs="four_running")
def bad_update_returns(lab: Lab) -> Verdict:
    """The check deploys an image that does not exist, and waits for half an hour."""
    lab.settle()
    before = deploy(lab, MISSING)
    lab.wait(HALF_AN_HOUR_S)
    web = service(lab, variant.cluster, "web") or {}
    state = web["deployments"][0]["rolloutState"]
    back = web["taskDefinition"] == before["taskDefinition"]
    if back and state == "COMPLETED" and web["runningCount"] >= 4:
        return passed
    return missed(
        expected="the revision from before, COMPLETED, half an hour after a bad update",
        found=f"{'the old' if back else 'the bad'} revision, its deployment {state}",
        why="A deployment that cannot succeed ends only if something counts its failures, and is "
        "turned back only if that was asked for.",
        see=PAGE + "deployment-circuit-breaker.html",
    )
