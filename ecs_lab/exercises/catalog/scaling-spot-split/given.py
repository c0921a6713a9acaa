"""What scaling-spot-split gives: an empty cluster and a task definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A cluster without capacity providers, and the task definition web."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    scene.fargate_definition(lab)
