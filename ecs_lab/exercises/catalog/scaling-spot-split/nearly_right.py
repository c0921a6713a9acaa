"""Weights without a base."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, scaling = lab.client("ecs"), lab.client("application-autoscaling")
lab.begin("scaling-spot-split")

both = ["FARGATE", "FARGATE_SPOT"]
ecs.put_cluster_capacity_providers(
    cluster=variant.cluster, capacityProviders=both, defaultCapacityProviderStrategy=[]
)
strategy = [
    {"capacityProvider": "FARGATE", "weight": variant.split.fargate},
    {"capacityProvider": "FARGATE_SPOT", "weight": variant.split.spot},
]
network = {
    "subnets": list(lab.network.private_subnets),
    "securityGroups": [lab.network.security_groups["tasks"]],
}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=12,
    networkConfiguration={"awsvpcConfiguration": network},
    capacityProviderStrategy=strategy,
)
