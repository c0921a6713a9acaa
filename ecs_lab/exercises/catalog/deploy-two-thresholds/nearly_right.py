"""A percentage that gives two, of a type that never goes below three."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-two-thresholds")

breaker = {"enable": True, "rollback": True}
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={"deploymentCircuitBreaker": breaker},
)
share = {"type": "BOUNDED_PERCENT", "value": variant.report.percent}
ecs.update_service(
    cluster=variant.cluster,
    service="report",
    deploymentConfiguration={
        "deploymentCircuitBreaker": breaker | {"thresholdConfiguration": share}
    },
)
