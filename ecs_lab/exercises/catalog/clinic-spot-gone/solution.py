"""Two tasks on FARGATE before any goes to Spot."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-spot-gone")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    capacityProviderStrategy=[
        {"capacityProvider": "FARGATE", "base": 2, "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": variant.weight},
    ],
    forceNewDeployment=True,
)
