"""A Fargate service behind an Application Load Balancer.

Two tasks in two zones take orders. What they write goes to a log group, and each of two roles may
do what it is for and nothing else.
"""

import json

from ecs_lab import Lab

lab = Lab()
ecs, elb, iam, logs = (lab.client(name) for name in ("ecs", "elbv2", "iam", "logs"))

# %% A cluster and a log group
# A cluster for Fargate is no more than a name. The log driver awslogs sends what containers print
# to a log group, and the group has to be there.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
ecs.create_cluster(clusterName="orders")
logs.create_log_group(logGroupName="/ecs/orders")

# %% Two roles
# ECS uses the execution role to start the task: it pulls the image and writes the logs. The
# program in the container has the task role. Both trust ecs-tasks.amazonaws.com.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html
trusted = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted}
document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
roles = {}
for name in ("ordersExecutionRole", "ordersTaskRole"):
    answer = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    roles[name] = answer["Role"]["Arn"]
iam.attach_role_policy(
    RoleName="ordersExecutionRole",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)

# %% The task definition
# On Fargate the network mode is awsvpc, and CPU and memory are given for the whole task.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
options = {"awslogs-group": "/ecs/orders", "awslogs-region": lab.region}
options["awslogs-stream-prefix"] = "web"
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "portMappings": [{"containerPort": 80}],
    "logConfiguration": {"logDriver": "awslogs", "options": options},
}
ecs.register_task_definition(
    family="orders",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=roles["ordersExecutionRole"],
    taskRoleArn=roles["ordersTaskRole"],
    containerDefinitions=[web],
)

# %% The load balancer
# It stands in the public subnets of the zones in which the tasks are going to run. A task with
# network mode awsvpc has an address of its own, so the target group is one of type ip.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
(group,) = elb.create_target_group(
    Name="orders", Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType="ip"
)["TargetGroups"]
(balancer,) = elb.create_load_balancer(
    Name="orders",
    Subnets=lab.network.public_subnets[:2],
    SecurityGroups=[lab.network.security_groups["web"]],
)["LoadBalancers"]
elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
)
url = "http://" + balancer["DNSName"]
print(lab.http.get(url).status, "- nobody is there yet")

# %% The service
# It keeps two tasks running, in the zones of its subnets, and puts each into the target group.
# Their security group lets the load balancer in, and nobody else.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
network = {
    "subnets": lab.network.private_subnets[:2],
    "securityGroups": [lab.network.security_groups["tasks"]],
}
target = {"targetGroupArn": group["TargetGroupArn"], "containerName": "web", "containerPort": 80}
ecs.create_service(
    cluster="orders",
    serviceName="web",
    taskDefinition="orders",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
    loadBalancers=[target],
)
ecs.get_waiter("services_stable").wait(cluster="orders", services=["web"])

# %% A request, and what was logged
# A request goes by the load balancer to one of the healthy tasks. Each container has a stream in
# the log group, named by prefix, container and task.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
print(lab.http.get(url))
for stream in logs.describe_log_streams(logGroupName="/ecs/orders")["logStreams"]:
    print(stream["logStreamName"])
