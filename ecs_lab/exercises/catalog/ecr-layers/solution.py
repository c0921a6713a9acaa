"""The gateway endpoint in the private subnets' route table as well."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
lab.begin("ecr-layers")

subnet = [{"Name": "association.subnet-id", "Values": [lab.network.private_subnets[0]]}]
(table,) = ec2.describe_route_tables(Filters=subnet)["RouteTables"]
s3 = [{"Name": "vpc-endpoint-type", "Values": ["Gateway"]}]
(gateway,) = ec2.describe_vpc_endpoints(Filters=s3)["VpcEndpoints"]
ec2.modify_vpc_endpoint(
    VpcEndpointId=gateway["VpcEndpointId"], AddRouteTableIds=[table["RouteTableId"]]
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
