"""The percentages and the forced deployment in one call."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-same-tag")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    forceNewDeployment=True,
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
)
lab.settle()
