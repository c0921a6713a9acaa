"""The default route of the private subnets leads to the NAT gateway again."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")
lab.begin("clinic-no-way-out")

(nat,) = ec2.describe_nat_gateways()["NatGateways"]
subnet = lab.network.private_subnets[0]
(table,) = ec2.describe_route_tables(
    Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
)["RouteTables"]
ec2.create_route(
    RouteTableId=table["RouteTableId"],
    DestinationCidrBlock="0.0.0.0/0",
    NatGatewayId=nat["NatGatewayId"],
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
