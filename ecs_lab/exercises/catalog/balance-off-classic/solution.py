"""An Application Load Balancer, and host ports that Docker chooses."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, elb = lab.client("ecs"), lab.client("elbv2")
classic = lab.client("elb")
lab.begin("balance-off-classic")

(group,) = elb.create_target_group(
    Name="web", Protocol="HTTP", Port=80, TargetType="instance", VpcId=lab.network.vpc_id
)["TargetGroups"]
(balancer,) = elb.create_load_balancer(
    Name="web",
    Subnets=lab.network.public_subnets[:2],
    SecurityGroups=[lab.network.security_groups["web"]],
)["LoadBalancers"]
elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
)

ecs.update_service(cluster=variant.cluster, service="web", desiredCount=0)
ecs.delete_service(cluster=variant.cluster, service="web")
classic.delete_load_balancer(LoadBalancerName="old")
lab.wait(300)

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
(container,) = definition["containerDefinitions"]
container["portMappings"] = [{"containerPort": 80, "hostPort": 0}]
ecs.register_task_definition(family="web", containerDefinitions=[container])
target = {"targetGroupArn": group["TargetGroupArn"], "containerName": "web", "containerPort": 80}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="front",
    taskDefinition="web",
    desiredCount=4,
    launchType="EC2",
    loadBalancers=[target],
)
