"""What scaling-follow-load gives: a Fargate service of two tasks of 1 vCPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service of two, without any scaling."""
    size = {"cpu": "1024", "memory": "2048"}
    clinic.on_fargate(lab, variant.cluster, definition=size)
