"""What ec2-spot-notice gives: a cluster without instances, and a task definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A cluster without instances, and a task definition in bridge mode."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    scene.definition(lab, scene.container(portMappings=[{"containerPort": 80, "hostPort": 0}]))
