"""The default route to the NAT gateway is back."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
lab.begin("ecr-layers")

subnet = [{"Name": "association.subnet-id", "Values": [lab.network.private_subnets[0]]}]
(table,) = ec2.describe_route_tables(Filters=subnet)["RouteTables"]
(nat,) = ec2.describe_nat_gateways()["NatGateways"]
ec2.create_route(
    RouteTableId=table["RouteTableId"],
    DestinationCidrBlock="0.0.0.0/0",
    NatGatewayId=nat["NatGatewayId"],
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
