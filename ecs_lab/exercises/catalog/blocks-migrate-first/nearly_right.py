"""Waits for the end of the migration, good or bad."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

network = {
    "awsvpcConfiguration": {
        "subnets": list(lab.network.private_subnets),
        "securityGroups": [lab.network.security_groups["tasks"]],
    }
}
migrate = {
    "name": "migrate",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sh", "-c", "sleep 20"],
    "essential": False,
}
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "dependsOn": [{"containerName": "migrate", "condition": "COMPLETE"}],
}
ecs.create_cluster(clusterName=variant.cluster)
ecs.register_task_definition(
    family="store",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    containerDefinitions=[web, migrate],
)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="store",
    taskDefinition="store",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration=network,
)
lab.settle()
