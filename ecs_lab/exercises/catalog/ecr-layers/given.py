"""What ecr-layers gives: all endpoints of a pull, and one of them where nobody needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def table_of(lab: Lab, subnet_id: str) -> str:
    """The id of a subnet's route table."""
    subnet = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    (table,) = lab.client("ec2").describe_route_tables(Filters=subnet)["RouteTables"]
    return str(table["RouteTableId"])


def build(lab: Lab) -> None:
    """Private subnets without a way out, endpoints for ECR, and S3's in the public route table."""
    ec2, network = lab.client("ec2"), lab.network
    private = table_of(lab, network.private_subnets[0])
    ec2.delete_route(RouteTableId=private, DestinationCidrBlock="0.0.0.0/0")
    group = ec2.create_security_group(
        GroupName="inner", Description="HTTPS from the VPC", VpcId=network.vpc_id
    )["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/16"
    )
    for name in ("ecr.api", "ecr.dkr"):
        ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=network.vpc_id,
            ServiceName=f"com.amazonaws.{lab.region}.{name}",
            SubnetIds=network.private_subnets,
            SecurityGroupIds=[group],
            PrivateDnsEnabled=True,
        )
    ec2.create_vpc_endpoint(
        VpcEndpointType="Gateway",
        VpcId=network.vpc_id,
        ServiceName=f"com.amazonaws.{lab.region}.s3",
        RouteTableIds=[table_of(lab, network.public_subnets[0])],
    )
    image = lab.registry.push(f"{variant.cluster}/web:1", like="nginx:1.27")
    clinic.on_fargate(lab, variant.cluster, clinic.web(image=image))
