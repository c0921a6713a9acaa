"""A role of its own, a managed policy with a pattern, the secret by its name, and a sidecar."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
secrets = lab.client("secretsmanager")

ecs.create_cluster(clusterName=variant.cluster)
text = f'{{"password": "{variant.hub.password}", "username": "{variant.hub.user}"}}'
secrets.create_secret(Name="registries/outside", SecretString=text)
service = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
starter = iam.create_role(
    RoleName="web-starter",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
pattern = f"arn:aws:secretsmanager:{lab.region}:123456789012:secret:registries/*"
read = {"Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": pattern}
policy = iam.create_policy(
    PolicyName="registries",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
iam.attach_role_policy(RoleName="web-starter", PolicyArn=policy["Policy"]["Arn"])
sidecar = {"name": "sidecar", "image": "public.ecr.aws/nginx/nginx:1.27", "essential": False}
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE", "EC2"],
    cpu="512",
    memory="1024",
    executionRoleArn=starter,
    taskRoleArn=lab.roles["shopTaskRole"],
    containerDefinitions=[
        sidecar,
        {
            "name": "site",
            "image": variant.hub.image,
            "repositoryCredentials": {"credentialsParameter": "registries/outside"},
        },
    ],
)
