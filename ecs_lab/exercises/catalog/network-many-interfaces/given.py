"""What network-many-interfaces gives: a service that wants more interfaces than there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service that wants more interfaces than its c5.large has."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName=variant.cluster)
    scene.launch(lab, f"ECS_CLUSTER={variant.cluster}", instance_type="c5.large")
    lab.wait(scene.BOOT_S)
    scene.definition(lab, clinic.web(), networkMode="awsvpc")
    ecs.create_service(
        cluster=variant.cluster,
        serviceName="web",
        taskDefinition="web",
        desiredCount=variant.count,
        launchType="EC2",
        networkConfiguration=scene.network(lab),
    )
    lab.wait(clinic.FIVE_MINUTES_S)
