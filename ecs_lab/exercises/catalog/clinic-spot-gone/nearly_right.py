"""Weights alone: one of the two tasks still waits for Spot."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-spot-gone")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    capacityProviderStrategy=[
        {"capacityProvider": "FARGATE", "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ],
    forceNewDeployment=True,
)
