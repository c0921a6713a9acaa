"""The default for the one, a count for the other."""

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
count = {"type": "COUNT", "value": variant.report.failures}
ecs.update_service(
    cluster=variant.cluster,
    service="report",
    deploymentConfiguration={
        "deploymentCircuitBreaker": breaker | {"thresholdConfiguration": count}
    },
)
