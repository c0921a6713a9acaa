"""A secret for the login, and a statement for the role that logs in."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
secrets = lab.client("secretsmanager")

ecs.create_cluster(clusterName=variant.cluster)
secret = secrets.create_secret(
    Name="hub",
    SecretString=json.dumps({"username": variant.hub.user, "password": variant.hub.password}),
)["ARN"]
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
iam.put_role_policy(
    RoleName="ecsTaskExecutionRole",
    PolicyName="registry",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    containerDefinitions=[
        {
            "name": "web",
            "image": variant.hub.image,
            "repositoryCredentials": {"credentialsParameter": secret},
        }
    ],
)
