"""An internal Network Load Balancer that the service itself registers with."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, elb, ec2 = lab.client("ecs"), lab.client("elbv2"), lab.client("ec2")
lab.begin("balance-private-link")

(group,) = elb.create_target_group(
    Name="web", Protocol="TCP", Port=80, TargetType="ip", VpcId=lab.network.vpc_id
)["TargetGroups"]
(balancer,) = elb.create_load_balancer(
    Name="web",
    Type="network",
    Scheme="internal",
    Subnets=lab.network.private_subnets[:2],
    SecurityGroups=[lab.network.security_groups["web"]],
)["LoadBalancers"]
elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="TCP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
)
target = {"targetGroupArn": group["TargetGroupArn"], "containerName": "web", "containerPort": 80}
ecs.update_service(cluster=variant.cluster, service="web", loadBalancers=[target])

offer = ec2.create_vpc_endpoint_service_configuration(
    NetworkLoadBalancerArns=[balancer["LoadBalancerArn"]], AcceptanceRequired=False
)["ServiceConfiguration"]
ec2.modify_vpc_endpoint_service_permissions(
    ServiceId=offer["ServiceId"], AddAllowedPrincipals=["*"]
)
(vpc,) = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": [variant.block + "/16"]}])["Vpcs"]
(subnet,) = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
endpoint = ec2.create_vpc_endpoint(
    VpcEndpointType="Interface",
    VpcId=vpc["VpcId"],
    ServiceName=offer["ServiceName"],
    SubnetIds=[subnet["SubnetId"]],
)["VpcEndpoint"]
