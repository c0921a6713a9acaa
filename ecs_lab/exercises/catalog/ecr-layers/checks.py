"""Checks of ecr-layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("The service web keeps its two tasks running", points=4)
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("The private subnets still have no way to the internet", points=2, needs="runs")
def still_private(lab: Lab) -> Verdict:
    """No default route in their route tables, and no task elsewhere."""
    ec2, ecs = lab.client("ec2"), lab.client("ecs")
    subnets = [{"Name": "association.subnet-id", "Values": list(lab.network.private_subnets)}]
    tables = ec2.describe_route_tables(Filters=subnets)["RouteTables"]
    routes = [each.get("DestinationCidrBlock") for table in tables for each in table["Routes"]]
    (web,) = ecs.describe_services(cluster=variant.cluster, services=["web"])["services"]
    used = set(web["networkConfiguration"]["awsvpcConfiguration"]["subnets"])
    if "0.0.0.0/0" not in routes and used <= set(lab.network.private_subnets):
        return passed
    return missed(
        expected="tasks in private subnets without a default route",
        found=f"routes to {routes}, tasks in {sorted(used)}",
        why="What the tasks need is a route to Amazon S3, not to the internet.",
    )
