"""A route table of its own for the task's subnet, with the NAT gateway in it."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ec2 = lab.client("ec2")
lab.begin("clinic-no-way-out")

subnet = lab.network.private_subnets[int(variant.zone)]
(nat,) = ec2.describe_nat_gateways()["NatGateways"]
(old,) = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])[
    "RouteTables"
]
(link,) = [each for each in old["Associations"] if each.get("SubnetId") == subnet]
new = ec2.create_route_table(VpcId=lab.network.vpc_id)["RouteTable"]["RouteTableId"]
ec2.create_route(
    RouteTableId=new, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"]
)
ec2.replace_route_table_association(AssociationId=link["RouteTableAssociationId"], RouteTableId=new)
lab.wait(1800)
