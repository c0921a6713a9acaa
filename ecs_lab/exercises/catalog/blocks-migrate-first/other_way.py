"""Through a third container, and with the cluster's default capacity provider."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")

network = {
    "awsvpcConfiguration": {
        "subnets": list(lab.network.public_subnets),
        "securityGroups": [lab.network.security_groups["tasks"]],
        "assignPublicIp": "ENABLED",
    }
}
busybox = {"image": "public.ecr.aws/docker/library/busybox:1.37", "essential": False}
migrate = busybox | {"name": "migrate", "command": ["sh", "-c", "sleep 20"]}
seed = busybox | {
    "name": "seed",
    "command": ["true"],
    "dependsOn": [{"containerName": "migrate", "condition": "SUCCESS"}],
}
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "dependsOn": [{"containerName": "seed", "condition": "SUCCESS"}],
}
ecs.create_cluster(
    clusterName=variant.cluster,
    capacityProviders=["FARGATE"],
    defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
)
ecs.register_task_definition(
    family="storefront",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="512",
    memory="1024",
    containerDefinitions=[migrate, seed, web],
)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="store",
    taskDefinition="storefront",
    desiredCount=2,
    networkConfiguration=network,
)
ecs.get_waiter("services_stable").wait(cluster=variant.cluster, services=["store"])
