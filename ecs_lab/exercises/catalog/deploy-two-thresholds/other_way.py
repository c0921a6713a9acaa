"""Percentages without bounds; half of the larger service, and a share of the small one."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-two-thresholds")

for name, kind, percent in (
    ("web", "UNBOUNDED_PERCENT", 50),
    ("report", "UNBOUNDED_PERCENT", variant.report.percent),
):
    breaker = {
        "enable": True,
        "rollback": True,
        "thresholdConfiguration": {"type": kind, "value": percent},
    }
    ecs.update_service(
        cluster=variant.cluster,
        service=name,
        deploymentConfiguration={"deploymentCircuitBreaker": breaker},
    )
