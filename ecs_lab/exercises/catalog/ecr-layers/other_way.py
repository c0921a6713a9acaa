"""Another gateway endpoint, for the private subnets' route table."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
lab.begin("ecr-layers")

subnet = [{"Name": "association.subnet-id", "Values": [lab.network.private_subnets[0]]}]
(table,) = ec2.describe_route_tables(Filters=subnet)["RouteTables"]
ec2.create_vpc_endpoint(
    VpcEndpointType="Gateway",
    VpcId=lab.network.vpc_id,
    ServiceName=f"com.amazonaws.{lab.region}.s3",
    RouteTableIds=[table["RouteTableId"]],
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
