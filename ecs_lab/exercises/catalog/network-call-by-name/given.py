"""What network-call-by-name gives: two services that do not know each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Two services that do not know each other."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName=variant.cluster)
    ports = [{"containerPort": 80, "name": "http"}]
    for name in ("front", "api"):
        container = clinic.web(portMappings=ports, memory=None)
        scene.fargate_definition(lab, container, family=name)
        ecs.create_service(
            cluster=variant.cluster, serviceName=name, taskDefinition=name, desiredCount=2,
            launchType="FARGATE", networkConfiguration=scene.network(lab),
        )  # fmt: skip
    lab.wait(clinic.FIVE_MINUTES_S)
