"""A pattern without a star."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, elb = lab.client("ecs"), lab.client("elbv2")
lab.begin("balance-two-paths")

groups = {}
for name in ("shop", "api"):
    made = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=80, TargetType="ip", VpcId=lab.network.vpc_id
    )
    groups[name] = made["TargetGroups"][0]["TargetGroupArn"]
(balancer,) = elb.create_load_balancer(
    Name="web",
    Subnets=lab.network.public_subnets,
    SecurityGroups=[lab.network.security_groups["web"]],
)["LoadBalancers"]
(listener,) = elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": groups["shop"]}],
)["Listeners"]
elb.create_rule(
    ListenerArn=listener["ListenerArn"],
    Priority=10,
    Conditions=[{"Field": "path-pattern", "Values": [f"/{variant.path}"]}],
    Actions=[{"Type": "forward", "TargetGroupArn": groups["api"]}],
)

network = {
    "subnets": lab.network.private_subnets,
    "securityGroups": [lab.network.security_groups["tasks"]],
}
for name, arn in groups.items():
    target = {"targetGroupArn": arn, "containerName": "web", "containerPort": 80}
    ecs.create_service(
        cluster=variant.cluster,
        serviceName=name,
        taskDefinition=name,
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
        loadBalancers=[target],
    )
