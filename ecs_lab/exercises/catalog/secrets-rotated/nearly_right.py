"""A reference to the newest version by its id."""

import json

from ecs_lab import Lab

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")

ecs.create_cluster(clusterName="shop")
secrets = lab.client("secretsmanager")
made = secrets.create_secret(Name="shop/db", SecretString='{"password": "tea-time"}')
secret, first = made["ARN"], made["VersionId"]
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
iam.put_role_policy(
    RoleName="ecsTaskExecutionRole",
    PolicyName="db",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "secrets": [{"name": "DB_PASSWORD", "valueFrom": f"{secret}:password::{first}"}],
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
rotated = secrets.put_secret_value(SecretId=secret, SecretString='{"password": "earl-grey"}')
ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
lab.wait(600)

web["secrets"][0]["valueFrom"] = f"{secret}:password::{rotated['VersionId']}"
ecs.register_task_definition(**plan, containerDefinitions=[web])
ecs.update_service(cluster="shop", service="web", taskDefinition="web")
lab.settle()
