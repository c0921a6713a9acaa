"""Room for new tasks beside the old."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-stuck-deployment")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
)
