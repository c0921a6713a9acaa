"""What clinic-essential-exit gives: a preparing container that is essential and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A preparing container that is essential and ends."""
    job = {"image": "public.ecr.aws/docker/library/busybox:1.37", "memory": 64}
    job |= {"name": variant.name, "command": ["sh", "-c", "sleep 20; exit 0"]}
    clinic.on_fargate(lab, variant.cluster, clinic.web(), job)
