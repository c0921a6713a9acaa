"""One of the two old tasks may stop first, which frees its port."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

lab.begin("deploy-stuck-update")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100},
)
lab.wait(600)
