"""What clinic-out-of-memory gives: a service whose load needs more memory than its tasks have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service whose load needs more memory than its tasks have."""
    clinic.on_fargate(lab, variant.cluster)
    lab.set_load(variant.cluster, "web", memory_mib=variant.load)
    lab.wait(clinic.FIVE_MINUTES_S)
