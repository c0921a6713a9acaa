"""A canary for the one, equal steps for the other."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-in-shares")

canary = {
    "canaryPercent": variant.web.percent,
    "canaryBakeTimeInMinutes": variant.web.minutes,
}
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={"strategy": "CANARY", "canaryConfiguration": canary},
)
linear = {
    "stepPercent": variant.api.percent,
    "stepBakeTimeInMinutes": variant.api.minutes,
}
ecs.update_service(
    cluster=variant.cluster,
    service="api",
    deploymentConfiguration={"strategy": "LINEAR", "linearConfiguration": linear},
)
