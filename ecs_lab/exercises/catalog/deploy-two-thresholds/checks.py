"""Checks of deploy-two-thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import releases
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html"
HALF_AN_HOUR_S = 1800


def bad_update(lab: Lab, name: str, *, count: int = 0) -> tuple[Shape, bool]:
    """Deploy an image that does not exist: what ECS keeps of that deployment half an hour later,
    and whether the service is back at its old revision.
    """
    lab.settle()
    ecs, where = lab.client("ecs"), {"cluster": variant.cluster, "service": name}
    if count:
        ecs.update_service(**where, desiredCount=count)
        lab.settle()
    before = (service(lab, variant.cluster, name) or {})["taskDefinition"]
    ecs.update_service(
        **where, taskDefinition=releases.revision_like(lab, before, releases.MISSING)
    )
    lab.wait(HALF_AN_HOUR_S)
    (newest, *_) = ecs.list_service_deployments(**where)["serviceDeployments"]
    arns = [newest["serviceDeploymentArn"]]
    found = ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0]
    now = service(lab, variant.cluster, name) or {}
    return found, now["taskDefinition"] == before


def judged(found: Shape, back: bool, failures: int) -> Verdict:
    """Whether a bad update was rolled back after so many failed tasks."""
    breaker = found.get("deploymentCircuitBreaker") or {}
    ended, count = breaker.get("status") == "TRIGGERED", breaker.get("failureCount", 0)
    if ended and back and count == failures:
        return passed
    state = f"{found['status']} after {count} failed tasks"
    return missed(
        expected=f"the update ends after {failures} failed tasks, and the old revision is back",
        found=f"{state}, {'the old' if back else 'the bad'} revision",
        why="The threshold is a share of the desired count, unless another kind is asked for; its "
        "default kind has a lower and an upper bound.",
        see=PAGE,
    )


@check("A bad update of web ends at its threshold, and the old revision returns", points=2)
def web_ends(lab: Lab) -> Verdict:
    """The check deploys an image that does not exist, and waits for half an hour."""
    return judged(*bad_update(lab, "web"), variant.web.failures)


@check("With more tasks, the threshold of web is higher", points=2, needs="web_ends")
def web_follows(lab: Lab) -> Verdict:
    """The check scales web out before it deploys an image that does not exist."""
    return judged(*bad_update(lab, "web", count=variant.web.more), variant.web.more_failures)


@check("A bad update of report ends at its threshold, and the old revision returns", points=3)
def report_ends(lab: Lab) -> Verdict:
    """The check deploys an image that does not exist, and waits for half an hour."""
    return judged(*bad_update(lab, "report"), variant.report.failures)
