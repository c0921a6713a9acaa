"""What balance-private-link gives: a service, and a VPC that cannot reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service, and a VPC that cannot reach it."""
    network = clinic.in_two_zones(lab)
    clinic.on_fargate(lab, variant.cluster, networkConfiguration=network)
    ec2 = lab.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=f"{variant.block}/16")["Vpc"]["VpcId"]
    zone = lab.network.zones[0]
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"{variant.block}/24", AvailabilityZone=zone)
