"""Lets the execution role read every secret."""

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

secret = lab.client("secretsmanager").create_secret(
    Name=f"{variant.shop.name}/db", SecretString=variant.shop.password
)["ARN"]
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
iam.put_role_policy(
    RoleName="ecsTaskExecutionRole",
    PolicyName="shop-db",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
del web["environment"]
web["secrets"] = [{"name": "DB_PASSWORD", "valueFrom": secret}]
ecs.register_task_definition(**plan, containerDefinitions=[web])
ecs.update_service(cluster=variant.shop.name, service="web", taskDefinition="web")
lab.settle()
