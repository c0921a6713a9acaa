"""Both providers in the cluster, base and weights in the service."""

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
    {"capacityProvider": "FARGATE", "base": variant.split.base, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 3},
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
