"""What clinic-no-way-out gives: tasks in a private subnet whose default route is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Tasks in a private subnet whose default route is gone."""
    ec2, subnet = lab.client("ec2"), lab.network.private_subnets[int(variant.zone)]
    tables = ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
    )["RouteTables"]
    ec2.delete_route(RouteTableId=tables[0]["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    vpc = scene.network(lab)["awsvpcConfiguration"] | {"subnets": [subnet]}
    network = {"awsvpcConfiguration": vpc}
    clinic.on_fargate(lab, variant.cluster, networkConfiguration=network)
