"""The secret for the execution role, the files for the task role."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")

ecs.create_cluster(clusterName=variant.shop.name)
s3 = lab.client("s3")
s3.create_bucket(Bucket=f"{variant.shop.name}-files")
s3.put_object(Bucket=f"{variant.shop.name}-files", Key=variant.shop.file, Body=b"tea,3")
secrets = lab.client("secretsmanager")
secret = secrets.create_secret(Name=f"{variant.shop.name}/db", SecretString="tea-time")["ARN"]
ecs.register_task_definition(
    family=variant.shop.name,
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    taskRoleArn=lab.roles["shopTaskRole"],
    containerDefinitions=[
        {
            "name": variant.shop.name,
            "image": "public.ecr.aws/nginx/nginx:1.27",
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": secret}],
        }
    ],
)
read_secret = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
read_files = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{variant.shop.name}-files/*",
}
for role, statement in (("ecsTaskExecutionRole", read_secret), ("shopTaskRole", read_files)):
    iam.put_role_policy(
        RoleName=role,
        PolicyName="shop",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
