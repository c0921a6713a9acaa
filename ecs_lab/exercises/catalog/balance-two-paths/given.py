"""What balance-two-paths gives: a cluster and two task definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A cluster and two task definitions; the program of both answers on every path."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    for family in ("shop", "api"):
        scene.fargate_definition(lab, clinic.web(image="traefik/whoami"), family=family)
