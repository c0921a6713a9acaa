"""What scaling-backlog gives: a Fargate service of one worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service of one, without any scaling."""
    clinic.on_fargate(lab, variant.cluster, desiredCount=1)
