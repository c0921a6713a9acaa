"""Where the learner begins: the secret is there, and nobody may read it."""

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
