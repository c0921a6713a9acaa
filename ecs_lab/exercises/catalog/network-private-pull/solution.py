"""Two interface endpoints for ECR, a gateway endpoint for S3."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
lab.begin("network-private-pull")

inner = ec2.create_security_group(
    GroupName="inner", Description="HTTPS from the VPC", VpcId=lab.network.vpc_id
)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=inner, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/16"
)
for name in ("ecr.api", "ecr.dkr"):
    ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=lab.network.vpc_id,
        ServiceName=f"com.amazonaws.{lab.region}.{name}",
        SubnetIds=lab.network.private_subnets,
        SecurityGroupIds=[inner],
        PrivateDnsEnabled=True,
    )
subnet = [{"Name": "association.subnet-id", "Values": [lab.network.private_subnets[0]]}]
(table,) = ec2.describe_route_tables(Filters=subnet)["RouteTables"]
ec2.create_vpc_endpoint(
    VpcEndpointType="Gateway",
    VpcId=lab.network.vpc_id,
    ServiceName=f"com.amazonaws.{lab.region}.s3",
    RouteTableIds=[table["RouteTableId"]],
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
