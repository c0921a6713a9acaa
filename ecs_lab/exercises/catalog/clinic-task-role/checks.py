"""Checks of clinic-task-role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("A request through the load balancer is answered with 200", points=3)
def answers(lab: Lab) -> Verdict:
    """From the internet, on the load balancer's own name."""
    return clinic.answers(lab, "/", "ivory")


@check("The service web keeps its two tasks running", points=2, needs="answers")
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("The task role may read no other parameter", needs="answers")
def least(lab: Lab) -> Verdict:
    """The check asks, as the task role, for one that it makes itself."""
    lab.client("ssm").put_parameter(Name="/others/key", Value="x", Type="String")
    with lab.acting_as("webTask"):
        try:
            lab.client("ssm").get_parameter(Name="/others/key")
        except ClientError:
            return passed
    return missed(expected="AccessDenied for /others/key", found="its value", why="Name the ARN.")
