"""The playground of rolling deployments: the real scheduler replaces a service's tasks, and the
schedule is drawn from what happened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from ecs_lab.lab import Lab
from ecs_lab.playground.stage import ACCOUNT_ID, REGION, stage
from ecs_lab.quiz import scene
from ecs_lab.widgets.board import Board
from ecs_lab.widgets.charts import Limit, stacked_steps
from ecs_lab.widgets.fields import Choice, Flag, Number
from ecs_lab.widgets.nodes import Node, element, fold, svg, table
from ecs_lab.widgets.timeline import readable

LIMIT_S = 3600.0
"""How long a deployment is watched."""

FIELDS = (
    Number("desired", "Desired count", 4, 1, 10),
    Number("minimum", "Minimum healthy percent", 100, 0, 200, 10, " %"),
    Number("maximum", "Maximum percent", 200, 0, 400, 10, " %"),
    Choice("where", "Where the tasks run", "fargate", [
        ("fargate", "Fargate"),
        ("full", "EC2: as many instances as tasks, one task each"),
    ]),
    Flag("bad", "The new revision cannot start (with the circuit breaker on)"),
)  # fmt: skip

NAMES = ("old, running", "new, starting", "new, running")
_STATES = {"PROVISIONING": "starting", "PENDING": "starting", "ACTIVATING": "starting",
           "RUNNING": "running"}  # fmt: skip
_HOST_PORT = [{"containerPort": 80, "hostPort": 80}]
_MISSING_IMAGE = f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/no-such-image:1"


@dataclass(frozen=True, slots=True)
class Moment:
    """How many tasks there are from this second of the deployment on."""

    at_s: float
    old: int
    starting: int
    running: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """In the order of NAMES."""
        return self.old, self.starting, self.running


@dataclass(frozen=True, slots=True)
class Rollout:
    """What a deployment did: its moments, what the service said, and how it ended."""

    moments: tuple[Moment, ...]
    events: tuple[tuple[float, str], ...]
    state: str
    reason: str

    @property
    def seconds(self) -> float:
        """How long it took, to the service's last word of it."""
        return max(self.moments[-1].at_s, self.events[-1][0]) if self.events else 0.0


def play(desired: int, minimum: int, maximum: int, where: str, bad: bool) -> Rollout | str:
    """Deploy a new revision under these settings; the text of the error where ECS refuses them."""
    with stage() as lab:
        _prepare(lab, where, bad, desired)
        breaker = {"enable": True, "rollback": True}
        settings: dict[str, Any] = {
            "minimumHealthyPercent": minimum, "maximumPercent": maximum,
            **({"deploymentCircuitBreaker": breaker} if bad else {}),
        }  # fmt: skip
        launch_type = "FARGATE" if where == "fargate" else "EC2"
        refused = scene.refusal(
            scene.service, lab, "web:1", desired, launchType=launch_type,
            deploymentConfiguration=settings, availabilityZoneRebalancing="DISABLED",
        )  # fmt: skip
        return refused or _deploy(lab)


def _prepare(lab: Lab, where: str, bad: bool, desired: int) -> None:
    """The cluster, and the two revisions."""
    scene.cluster(lab, instances=0 if where == "fargate" else desired)
    new = scene.container(image=_MISSING_IMAGE) if bad else scene.container()
    if where == "fargate":
        scene.fargate_definition(lab)
        scene.fargate_definition(lab, new)
    else:
        scene.definition(lab, scene.container(portMappings=_HOST_PORT))
        scene.definition(lab, new | {"portMappings": _HOST_PORT})


def _deploy(lab: Lab) -> Rollout:
    before, start_s = len(lab.timeline()), lab.now.timestamp()
    asked = lab.client("ecs").update_service(cluster="shop", service="web", taskDefinition="web:2")
    deployment = asked["service"]["deployments"][0]["id"]
    old = {task["taskArn"] for task in lab.snapshot()["tasks"]
           if task["taskDefinitionArn"].endswith(":1")}  # fmt: skip
    rollout = _watch(lab, deployment, start_s)
    lines = lab.timeline()[before:]
    events = tuple((each["at"] - start_s, readable(each["what"]))
                   for each in lines if each["kind"] == "service")  # fmt: skip
    state = rollout["rolloutState"] if rollout else "FAILED"
    reason = rollout["rolloutStateReason"] if rollout else "rolled back to the old revision"
    moments = _moments(lines, old, start_s, lab)
    if state == "IN_PROGRESS":
        moments.append(replace(moments[-1], at_s=lab.now.timestamp() - start_s))
    return Rollout(tuple(moments), events, state, reason)


def _watch(lab: Lab, deployment: str, start_s: float) -> dict[str, Any] | None:
    """Let it go on until it is over or `LIMIT_S` have passed; None once it was rolled back."""
    while True:
        lab.settle(LIMIT_S)
        with lab.quiet():
            there = scene.describe_service(lab)["deployments"]
        found = next((each for each in there if each["id"] == deployment), None)
        going_on = found is not None and found["rolloutState"] == "IN_PROGRESS"
        if not going_on or lab.now.timestamp() - start_s >= LIMIT_S:
            return found
        lab.wait(60)  # what failed is tried again later, and nothing is pending meanwhile


def _moments(lines: list[dict[str, Any]], old: set[str], start_s: float, lab: Lab) -> list[Moment]:
    """The counts after each second in which a task changed."""
    revision = {task["taskArn"]: task["taskDefinitionArn"] for task in lab.snapshot()["tasks"]}
    states = dict.fromkeys(old, "running")
    moments = [_moment(0.0, states, revision)]
    for line in lines:
        if line["kind"] != "task":
            continue
        states[line["subject"]] = _STATES.get(line["what"].rpartition(" ")[2], "")
        now = _moment(line["at"] - start_s, states, revision)
        if now.at_s == moments[-1].at_s:
            moments.pop()
        moments.append(now)
    return moments


def _moment(at_s: float, states: dict[str, str], revision: dict[str, str]) -> Moment:
    def count(of: str, *wanted: str) -> int:
        return sum(s in wanted and revision[arn].endswith(of) for arn, s in states.items())

    return Moment(
        at_s, count(":1", "running", "starting"), count(":2", "starting"), count(":2", "running")
    )


class RollingPlayground(Board):
    """Sliders for a service's deployment, and the schedule that they lead to."""

    def __init__(self) -> None:
        super().__init__("Rolling deployment", FIELDS)
        self.changed()

    def changed(self) -> None:
        """Play it anew."""
        self.result = play(**self.values)
        self.show(self._headline())

    @property
    def bounds(self) -> tuple[int, int]:
        """The least tasks that have to be healthy, rounded up, and the most that may be starting
        or running, rounded down.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
        """
        desired = self.values["desired"]
        lower = math.ceil(desired * self.values["minimum"] / 100)
        return lower, math.floor(desired * self.values["maximum"] / 100)

    def _headline(self) -> str:
        if isinstance(self.result, str):
            return f"ECS refuses these settings. {self.result}"
        lower, upper = self.bounds
        kept = (
            f"At least {lower} of {self.values['desired']} tasks healthy, at most {upper} at once"
        )
        match self.result.state:
            case "COMPLETED":
                return f"{kept}: done after {self.result.seconds:.0f} s."
            case "IN_PROGRESS":
                return f"{kept}: not done after an hour. Read the service's events."
        return f"{kept}: the deployment failed, and the circuit breaker rolled it back."

    def parts(self) -> list[Node]:
        """The sliders, the chart, the same as a table, and what the service said."""
        fields = element("div", *(self.field(each.name) for each in FIELDS), class_="fields")
        if isinstance(self.result, str):
            return [fields, element("p", self.result, class_="failed")]
        return [
            fields,
            element("figure", svg(self._chart(self.result))),
            *self._tables(self.result),
        ]

    def _chart(self, rollout: Rollout) -> str:
        lower, upper = self.bounds
        limits = [Limit(f"maximum {upper}", upper), Limit(f"minimum {lower}", lower)]
        if lower == upper:
            limits = [Limit(f"both {lower}", lower)]
        moments = [(each.at_s, each.counts) for each in rollout.moments]
        return stacked_steps("Tasks over time", self._headline(), NAMES, moments, limits)

    def _tables(self, rollout: Rollout) -> list[Node]:
        rows = [
            [f"{m.at_s:.0f} s", *map(str, m.counts), str(sum(m.counts))] for m in rollout.moments
        ]
        said = [[f"{at:.0f} s", what] for at, what in rollout.events]
        return [
            fold(
                "The schedule as a table",
                table("Tasks over time", ["After", *NAMES, "together"], rows),
            ),
            fold("What the service said", table("Service events", ["After", "Event"], said)),
        ]
