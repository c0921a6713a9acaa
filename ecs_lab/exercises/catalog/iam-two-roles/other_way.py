"""New roles of its own with managed policies, in a second revision of the task definition."""

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


def make_role(name: str, action: str, resource: str) -> str:
    """A role that ECS tasks can take on, with one policy; its ARN."""
    service = {"Service": "ecs-tasks.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    policy = iam.create_policy(
        PolicyName=name,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    iam.attach_role_policy(RoleName=name, PolicyArn=policy["Policy"]["Arn"])
    return role["Role"]["Arn"]


definition = ecs.describe_task_definition(taskDefinition=variant.shop.name)["taskDefinition"]
fields = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory")
ecs.register_task_definition(
    **{name: definition[name] for name in fields},
    containerDefinitions=definition["containerDefinitions"],
    executionRoleArn=make_role("agent", "secretsmanager:Get*", f"{secret[:-6]}*"),
    taskRoleArn=make_role("code", "s3:Get*", f"arn:aws:s3:::{variant.shop.name}-files*"),
)
