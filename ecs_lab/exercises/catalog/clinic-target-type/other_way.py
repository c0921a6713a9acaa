"""A rule of the listener for all paths, before its default."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-target-type")

elb = lab.client("elbv2")
(group,) = elb.create_target_group(
    Name="addresses", Protocol="HTTP", Port=80, TargetType="ip", VpcId=lab.network.vpc_id
)["TargetGroups"]
(balancer,) = elb.describe_load_balancers(Names=["web"])["LoadBalancers"]
(listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
forward = {"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}
elb.create_rule(
    ListenerArn=listener["ListenerArn"],
    Priority=1,
    Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
    Actions=[forward],
)
network = {
    "subnets": list(lab.network.private_subnets),
    "securityGroups": [lab.network.security_groups["tasks"]],
}
target = {"targetGroupArn": group["TargetGroupArn"], "containerName": "web", "containerPort": 80}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
    loadBalancers=[target],
)
