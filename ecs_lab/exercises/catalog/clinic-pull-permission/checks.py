"""Checks of clinic-pull-permission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("The service web keeps its two tasks running", points=3)
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("All its tasks can be started anew", points=2, needs="runs")
def redeploys(lab: Lab) -> Verdict:
    """The check forces a new deployment and waits for its tasks."""
    return clinic.redeploys(lab, variant.cluster)


@check("The application's role has nothing of ECR", needs="runs")
def apart(lab: Lab) -> Verdict:
    """No policy of the task role."""
    iam = lab.client("iam")
    names = iam.list_role_policies(RoleName="webTask")["PolicyNames"]
    names += [
        each["PolicyName"]
        for each in iam.list_attached_role_policies(RoleName="webTask")["AttachedPolicies"]
    ]
    if not names:
        return passed
    return missed(expected="webTask without policies", found=names, why="Its code needs no ECR.")
