"""A blue/green deployment by ECS.

The new version stands ready in full beside the old one, then all requests go over at once.
"""

import json

from ecs_lab import Lab

lab = Lab()
ecs, elb, iam = (lab.client(name) for name in ("ecs", "elbv2", "iam"))

# %% The first version
# It is revision 1 of a task definition. The reply to a request will say which revision served it.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definitions.html
ecs.create_cluster(clusterName="card")
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "portMappings": [{"containerPort": 80}],
}
plan = {
    "family": "card",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
}
ecs.register_task_definition(**plan, containerDefinitions=[web])

# %% Two target groups behind one listener
# Blue and green take turns. The rule of the listener says which of them the users reach.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
groups = {}
for name in ("card-blue", "card-green"):
    made = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType="ip"
    )
    groups[name] = made["TargetGroups"][0]["TargetGroupArn"]
(balancer,) = elb.create_load_balancer(
    Name="card",
    Subnets=lab.network.public_subnets[:2],
    SecurityGroups=[lab.network.security_groups["web"]],
)["LoadBalancers"]
(listener,) = elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": groups["card-blue"]}],
)["Listeners"]
rule = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"][0]["RuleArn"]
url = "http://" + balancer["DNSName"]

# %% The role that moves the traffic
# ECS changes the rule in the name of this infrastructure role, so it trusts ecs.amazonaws.com.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
trusted = {"Service": "ecs.amazonaws.com"}
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted}
document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = iam.create_role(RoleName="cardTraffic", AssumeRolePolicyDocument=document)["Role"]["Arn"]
iam.attach_role_policy(
    RoleName="cardTraffic",
    PolicyArn="arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
)

# %% The service
# The strategy is BLUE_GREEN, with ten minutes of bake time: for so long the old version is kept
# when the new one has all requests.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
network = {
    "subnets": lab.network.private_subnets[:2],
    "securityGroups": [lab.network.security_groups["tasks"]],
}
advanced = {"alternateTargetGroupArn": groups["card-green"], "productionListenerRule": rule}
target = {
    "targetGroupArn": groups["card-blue"],
    "containerName": "web",
    "containerPort": 80,
    "advancedConfiguration": advanced | {"roleArn": role},
}
ecs.create_service(
    cluster="card",
    serviceName="web",
    taskDefinition="card:1",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
    loadBalancers=[target],
    deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 10},
)
lab.settle()
print(lab.http.get(url))

# %% Green gets ready, and all go over
# New tasks start and register with the other target group. When they are healthy, the rule is
# changed. Five minutes later the users are on green, and blue still runs.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
newer = web | {"environment": [{"name": "GREETING", "value": "Welcome back"}]}
ecs.register_task_definition(**plan, containerDefinitions=[newer])
ecs.update_service(cluster="card", service="web", taskDefinition="card:2")
lab.wait(300)
print(lab.http.get(url))
newest = ecs.list_service_deployments(cluster="card", service="web")["serviceDeployments"][0]
print(newest["status"])

# %% The bake time is over
# Nothing went wrong, so the old tasks stop. The next deployment goes from green to blue.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
lab.settle()
newest = ecs.list_service_deployments(cluster="card", service="web")["serviceDeployments"][0]
print(newest["status"])
print(lab.http.get(url))
