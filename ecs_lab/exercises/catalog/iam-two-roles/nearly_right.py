"""Gives both roles both permissions."""

import json

from ecs_lab import Lab

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")

ecs.create_cluster(clusterName="shop")
s3 = lab.client("s3")
s3.create_bucket(Bucket="shop-files")
s3.put_object(Bucket="shop-files", Key="prices.csv", Body=b"tea,3")
secrets = lab.client("secretsmanager")
secret = secrets.create_secret(Name="shop/db", SecretString="tea-time")["ARN"]
ecs.register_task_definition(
    family="shop",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    taskRoleArn=lab.roles["shopTaskRole"],
    containerDefinitions=[
        {
            "name": "shop",
            "image": "public.ecr.aws/nginx/nginx:1.27",
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": secret}],
        }
    ],
)
statements = [
    {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop-files/*"},
]
for role in ("ecsTaskExecutionRole", "shopTaskRole"):
    iam.put_role_policy(
        RoleName=role,
        PolicyName="shop",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
