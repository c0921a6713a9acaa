"""Allows a little more and a little less than what runs."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

lab.begin("deploy-stuck-update")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={"minimumHealthyPercent": 40, "maximumPercent": 150},
)
lab.wait(600)
