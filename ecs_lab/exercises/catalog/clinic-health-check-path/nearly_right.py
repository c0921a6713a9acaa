"""A grace period, after which it is all as before."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-health-check-path")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    healthCheckGracePeriodSeconds=600,
    forceNewDeployment=True,
)
