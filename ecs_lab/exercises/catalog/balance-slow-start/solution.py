"""A grace period that lasts until the targets are healthy."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("balance-slow-start")

ecs.update_service(
    cluster=variant.cluster, service="web", healthCheckGracePeriodSeconds=variant.seconds + 240
)
