"""Checks of deploy-alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecs_lab.exercises import releases, releases_app
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, last_event, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecs_lab.lab import Lab

PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html"
LOOK_S = 30
LOOKS = 44
REQUESTS = 10
"""How many requests users send every half minute."""


def release(lab: Lab, tag: str, app: Callable[..., Any], *, old: int = 0) -> tuple[str, Shape, int]:
    """Deploy a release while users send requests for 22 minutes, `old` of ten to the page `/old`:
    its revision, the service after that, and how many of the last requests got 200.
    """
    lab.settle()
    image = lab.registry.push(f"web:{tag}", app, port=80)
    before = (service(lab, variant.cluster, "web") or {})["taskDefinition"]
    new = releases.revision_like(lab, before, image)
    lab.client("ecs").update_service(cluster=variant.cluster, service="web", taskDefinition=new)
    pages, good = ["/old"] * old + ["/"] * (REQUESTS - old), 0
    address = releases.url(lab)
    for _ in range(LOOKS):
        lab.wait(LOOK_S)
        good = sum(lab.http.get(address + page).status == 200 for page in pages)
    return new, service(lab, variant.cluster, "web") or {}, good


@check("A release without errors gets through", points=2)
def good_release(lab: Lab) -> Verdict:
    """The check deploys one, and sends requests for 22 minutes."""
    new, after, good = release(lab, "better", releases_app.better)
    now, state = after["taskDefinition"], after["deployments"][0]["rolloutState"]
    watched = (after["deploymentConfiguration"].get("alarms") or {}).get("enable")
    if watched and now.endswith(f"/{new}") and (state, good) == ("COMPLETED", REQUESTS):
        return passed
    return missed(
        expected=f"updates that an alarm watches, and {new} COMPLETED",
        found=f"{'an alarm' if watched else 'no alarm'} watches; {now.rpartition('/')[2]} {state}",
        why=last_event(after),
        see=PAGE,
    )


@check("A release that answers users with errors is turned back", points=4, needs="good_release")
def bad_release_returns(lab: Lab) -> Verdict:
    """The check deploys one whose health check is fine, and sends requests for 22 minutes."""
    new, after, good = release(lab, "wrong", releases_app.wrong)
    now, state = after["taskDefinition"], after["deployments"][0]["rolloutState"]
    if not now.endswith(f"/{new}") and (state, good) == ("COMPLETED", REQUESTS):
        return passed
    return missed(
        expected=f"the revision from before {new}, COMPLETED, and answers of 200",
        found=f"{now.rpartition('/')[2]} {state}; {good} of the last {REQUESTS} requests got 200",
        why="The alarm has to see what the tasks answer, and the deployment has to go back when it "
        "goes off.",
        see=PAGE,
    )


@check("A few errors are no reason to turn a release back", points=2, needs="good_release")
def few_errors(lab: Lab) -> Verdict:
    """The check deploys a release one page of which is broken: four errors in a minute."""
    new, after, _ = release(lab, "patchy", releases_app.patchy, old=2)
    now, state = after["taskDefinition"], after["deployments"][0]["rolloutState"]
    if now.endswith(f"/{new}") and state == "COMPLETED":
        return passed
    return missed(
        expected=f"{new} COMPLETED: it has 4 errors in a minute",
        found=f"{now.rpartition('/')[2]} {state}",
        why="The threshold, the statistic and the period of the alarm say how many are too many.",
        see=PAGE,
    )
