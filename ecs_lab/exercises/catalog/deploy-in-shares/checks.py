"""Checks of deploy-in-shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import releases
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html"


def shift(lab: Lab, name: str, port: int) -> list[tuple[int, int]]:
    """Deploy a revision like what the service runs, and see how requests go over to it."""
    lab.wait(releases.LONGEST_S)
    running = (service(lab, variant.cluster, name) or {})["taskDefinition"]
    new = releases.revision_like(lab, running)
    lab.client("ecs").update_service(cluster=variant.cluster, service=name, taskDefinition=new)
    return releases.shift(lab, releases.url(lab, port), new)


def judged(found: list[tuple[int, int]], expected: list[tuple[int, int]], why: str) -> Verdict:
    """Whether traffic went over as it was to; a look at it may come half a minute late."""
    near = [
        percent == asked and abs(seconds - s) <= releases.LOOK_S
        for (percent, seconds), (asked, s) in zip(found, expected, strict=False)
    ]
    if len(found) == len(expected) and all(near):
        return passed
    return missed(expected=releases.words(expected), found=releases.words(found), why=why, see=PAGE)


@check("An update of web begins with a few requests", points=3)
def canary(lab: Lab) -> Verdict:
    """The check deploys web anew, and sends requests all the while."""
    asked = [(variant.web.percent, variant.web.minutes * 60), (100, 0)]
    why = "A canary stays for its own bake time; the bake time of the deployment comes later."
    return judged(shift(lab, "web", 80), asked, why)


@check("An update of api goes on in equal steps", points=3)
def linear(lab: Lab) -> Verdict:
    """The check deploys api anew, and sends requests all the while."""
    step = variant.api.percent
    asked = [(n, variant.api.minutes * 60) for n in range(step, 100, step)]
    why = "Equal steps are a strategy of their own, and each step has its bake time."
    return judged(shift(lab, "api", 81), [*asked, (100, 0)], why)
