"""The strategies come with an update that deploys, and with a longer bake time."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-in-shares")

strategies = {
    "api": {
        "strategy": "LINEAR",
        "linearConfiguration": {
            "stepPercent": float(variant.api.percent),
            "stepBakeTimeInMinutes": variant.api.minutes,
        },
    },
    "web": {
        "strategy": "CANARY",
        "canaryConfiguration": {
            "canaryPercent": float(variant.web.percent),
            "canaryBakeTimeInMinutes": variant.web.minutes,
        },
    },
}
for name, strategy in strategies.items():
    ecs.update_service(
        cluster=variant.cluster,
        service=name,
        taskDefinition=name,
        forceNewDeployment=True,
        deploymentConfiguration=strategy | {"bakeTimeInMinutes": 10},
    )
    lab.settle()
