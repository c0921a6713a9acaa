"""Checks of clinic-security-group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("A request through the load balancer is answered with 200", points=3)
def answers(lab: Lab) -> Verdict:
    """From the internet, on the load balancer's own name."""
    return clinic.answers(lab)


@check("The service web keeps its two tasks running", points=2, needs="answers")
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("The tasks are closed to the internet", needs="answers")
def closed(lab: Lab) -> Verdict:
    """No rule of the tasks' groups for everyone."""
    found = (service(lab, variant.cluster, "web") or {})["networkConfiguration"]
    ids = found["awsvpcConfiguration"]["securityGroups"]
    groups = lab.client("ec2").describe_security_groups(GroupIds=ids)["SecurityGroups"]
    rules = [rule for group in groups for rule in group["IpPermissions"]]
    wide = [each["CidrIp"] for rule in rules for each in rule.get("IpRanges", [])]
    if "0.0.0.0/0" not in wide:
        return passed
    return missed(expected="rules for the load balancer's group", found=wide)
