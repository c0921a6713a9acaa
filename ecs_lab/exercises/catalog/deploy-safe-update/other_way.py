"""One task at a time, and a threshold of two failed tasks."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName=variant.cluster)
ecs.register_task_definition(
    family="web",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    containerDefinitions=[{"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27"}],
)
network = {
    "subnets": lab.network.private_subnets,
    "securityGroups": [lab.network.security_groups["tasks"]],
}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=4,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
    availabilityZoneRebalancing="DISABLED",
)
lab.settle()

breaker = {
    "enable": True,
    "rollback": True,
    "thresholdConfiguration": {"type": "COUNT", "value": 2},
}
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={
        "minimumHealthyPercent": 100,
        "maximumPercent": 125,
        "deploymentCircuitBreaker": breaker,
    },
)
