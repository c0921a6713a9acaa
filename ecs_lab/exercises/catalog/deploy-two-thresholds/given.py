"""What deploy-two-thresholds gives: two services with the default deployment configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A larger service and a small one, neither with a circuit breaker."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName=variant.cluster)
    for name, count in (("web", variant.web.count), ("report", variant.report.count)):
        scene.fargate_definition(lab, clinic.web(), family=name)
        ecs.create_service(
            cluster=variant.cluster,
            serviceName=name,
            taskDefinition=name,
            desiredCount=count,
            launchType="FARGATE",
            networkConfiguration=scene.network(lab),
            availabilityZoneRebalancing="DISABLED",
        )
    lab.settle()
