"""Allows more tasks, for which there is no free port."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

lab.begin("deploy-stuck-update")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
)
lab.wait(600)
