"""What clinic-target-type gives: a load balancer whose target group takes instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A load balancer whose target group takes instances."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    scene.fargate_definition(lab, clinic.web())
    clinic.target_group(lab, TargetType="instance", Name=variant.group)
