"""The canary's minutes are given as the bake time, which comes after it."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-in-shares")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={
        "strategy": "CANARY",
        "canaryConfiguration": {"canaryPercent": variant.web.percent},
        "bakeTimeInMinutes": variant.web.minutes,
    },
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
