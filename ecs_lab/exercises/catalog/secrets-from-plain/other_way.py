"""A parameter of Parameter Store, and a new family with a role of its own."""

import json

from ecs_lab import Lab

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")

ecs.create_cluster(clusterName="shop")
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "environment": [{"name": "DB_PASSWORD", "value": "tea-time"}],
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
    cluster="shop",
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": lab.network.private_subnets}},
)
lab.wait(120)

lab.client("ssm").put_parameter(Name="/shop/db", Value="tea-time", Type="SecureString")
service = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
starter = iam.create_role(
    RoleName="web-starter",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
parameter = f"arn:aws:ssm:{lab.region}:123456789012:parameter/shop/*"
read = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": parameter}
policy = json.dumps({"Version": "2012-10-17", "Statement": [read]})
iam.put_role_policy(RoleName="web-starter", PolicyName="parameters", PolicyDocument=policy)
web["environment"] = [{"name": "MODE", "value": "live"}]
web["secrets"] = [{"name": "DB_PASSWORD", "valueFrom": "/shop/db"}]
plan |= {"family": "storefront", "executionRoleArn": starter}
ecs.register_task_definition(**plan, containerDefinitions=[web])
ecs.update_service(cluster="shop", service="web", taskDefinition="storefront")
lab.settle()
