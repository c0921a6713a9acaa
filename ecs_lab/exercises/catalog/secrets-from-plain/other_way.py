"""A parameter of Parameter Store, and a new family with a role of its own."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")

ecs.create_cluster(clusterName=variant.shop.name)
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "environment": [{"name": "DB_PASSWORD", "value": variant.shop.password}],
}
plan = {
    "family": "web",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
}
ecs.register_task_definition(**plan, containerDefinitions=[web])
ecs.create_service(
    cluster=variant.shop.name,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": lab.network.private_subnets}},
)
lab.wait(120)

lab.client("ssm").put_parameter(
    Name=f"/{variant.shop.name}/db", Value=variant.shop.password, Type="SecureString"
)
service = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
starter = iam.create_role(
    RoleName="web-starter",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
parameter = f"arn:aws:ssm:{lab.region}:123456789012:parameter/{variant.shop.name}/*"
read = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": parameter}
policy = json.dumps({"Version": "2012-10-17", "Statement": [read]})
iam.put_role_policy(RoleName="web-starter", PolicyName="parameters", PolicyDocument=policy)
web["environment"] = [{"name": "MODE", "value": "live"}]
web["secrets"] = [{"name": "DB_PASSWORD", "valueFrom": f"/{variant.shop.name}/db"}]
plan |= {"family": "storefront", "executionRoleArn": starter}
ecs.register_task_definition(**plan, containerDefinitions=[web])
ecs.update_service(cluster=variant.shop.name, service="web", taskDefinition="storefront")
lab.settle()
