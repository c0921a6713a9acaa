"""What network-private-pull gives: a service whose subnets have no way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service whose subnets have no way out."""
    ec2 = lab.client("ec2")
    subnet = [{"Name": "association.subnet-id", "Values": [lab.network.private_subnets[0]]}]
    (table,) = ec2.describe_route_tables(Filters=subnet)["RouteTables"]
    ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    image = lab.registry.push("web:1", like="nginx:1.27")
    clinic.on_fargate(lab, variant.cluster, clinic.web(image=image))
