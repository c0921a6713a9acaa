"""What clinic-stuck-deployment gives: a rolling update that may neither start nor stop a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A rolling update that may neither start nor stop a task."""
    percent = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    clinic.on_fargate(lab, variant.cluster, deploymentConfiguration=percent)
    scene.fargate_definition(
        lab, clinic.web(image=f"public.ecr.aws/docker/library/{variant.family}:2")
    )
    lab.client("ecs").update_service(cluster=variant.cluster, service="web", taskDefinition="web")
    lab.wait(1800)
