"""Checks of cost-shared-balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-connecting-services.html"


def reaches(lab: Lab, path: str, service: str) -> Verdict:
    """Whether a request to the load balancer web comes to a task of the service."""
    lab.wait(300)
    found = lab.client("elbv2").describe_load_balancers(Names=["web"])["LoadBalancers"]
    hops = lab.http.get(f"http://{found[0]['DNSName']}{path}").hops
    arns = [task["taskArn"] for task in running_tasks(lab, variant.cluster, service)]
    reached = [hop.name for hop in hops if hop.kind == "task"]
    if reached and any(arn.endswith(reached[0]) for arn in arns):
        return passed
    return missed(
        expected=f"{path} is answered by a task of {service}",
        found=" > ".join(f"{hop.kind} {hop.name}" for hop in hops),
        why="The first rule that fits decides; the default action takes what no rule takes.",
        see=PAGE,
    )


@check("Paths of the other service reach it", points=3)
def other(lab: Lab) -> Verdict:
    """By the load balancer that stays."""
    return reaches(lab, f"/{variant.other}/", variant.other)


@check("All other paths reach the service web", points=2, needs="other")
def others(lab: Lab) -> Verdict:
    """As before."""
    return reaches(lab, "/", "web")


@check("There is one load balancer", points=2, needs="other")
def one(lab: Lab) -> Verdict:
    """What is left is billed."""
    found = lab.client("elbv2").describe_load_balancers()["LoadBalancers"]
    if len(found) == 1:
        return passed
    return missed(
        expected="1 load balancer", found=f"{len(found)}",
        why="Each is billed by the hour, used or not.", see=PAGE,
    )  # fmt: skip
