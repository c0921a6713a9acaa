"""Where the learner begins: a service that is deployed by rolling updates."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
elb = lab.client("elbv2")

ecs.create_cluster(clusterName=variant.cluster)
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "portMappings": [{"containerPort": 80}],
}
ecs.register_task_definition(
    family="web",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    containerDefinitions=[web],
)
front = elb.create_load_balancer(
    Name="front",
    Subnets=lab.network.public_subnets,
    SecurityGroups=[lab.network.security_groups["web"]],
)["LoadBalancers"][0]
groups = {}
for name in ("blue", "green"):
    made = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType="ip"
    )
    groups[name] = made["TargetGroups"][0]["TargetGroupArn"]
listener = elb.create_listener(
    LoadBalancerArn=front["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": groups["blue"]}],
)["Listeners"][0]["ListenerArn"]
rule = elb.describe_rules(ListenerArn=listener)["Rules"][0]["RuleArn"]
trust = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"""
iam = lab.client("iam")
role = iam.create_role(RoleName="shifts", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
iam.attach_role_policy(
    RoleName="shifts",
    PolicyArn="arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
)
network = {
    "subnets": lab.network.private_subnets,
    "securityGroups": [lab.network.security_groups["tasks"]],
}
balancer = {
    "targetGroupArn": groups["blue"],
    "containerName": "web",
    "containerPort": 80,
}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
    loadBalancers=[balancer],
)
lab.settle()
