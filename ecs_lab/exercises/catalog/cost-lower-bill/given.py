"""What cost-lower-bill gives: four workers that ask for too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service of four on Fargate, 2 vCPU and 4 GB each."""
    size = {"cpu": "2048", "memory": "4096"}
    clinic.on_fargate(lab, variant.cluster, desiredCount=4, definition=size)
