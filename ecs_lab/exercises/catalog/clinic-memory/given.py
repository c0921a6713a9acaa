"""What clinic-memory gives: a container that asks for more memory than any instance has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A container that asks for more memory than any instance has."""
    container = clinic.web(memory=variant.memory)
    clinic.on_instances(lab, variant.cluster, container, subnets=lab.network.private_subnets[:2])
