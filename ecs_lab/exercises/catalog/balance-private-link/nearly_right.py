"""The addresses of today's tasks, registered by hand."""

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
tasks = ecs.list_tasks(cluster=variant.cluster, serviceName="web")["taskArns"]
for task in ecs.describe_tasks(cluster=variant.cluster, tasks=tasks)["tasks"]:
    address = task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    elb.register_targets(
        TargetGroupArn=group["TargetGroupArn"], Targets=[{"Id": address, "Port": 80}]
    )

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
