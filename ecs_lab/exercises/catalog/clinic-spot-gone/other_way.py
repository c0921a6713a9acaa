"""No Spot at all."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-spot-gone")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
    forceNewDeployment=True,
)
