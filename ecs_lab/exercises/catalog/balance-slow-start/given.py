"""What balance-slow-start gives: a program that is slow to start, and no grace period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A program that is slow to start, and no grace period."""
    group = clinic.target_group(lab)
    command = ["sh", "-c", f"sleep {variant.seconds} && nginx -g 'daemon off;'"]
    clinic.on_fargate(
        lab, variant.cluster, clinic.web(command=command), loadBalancers=clinic.targets(group),
        networkConfiguration=clinic.in_two_zones(lab),
    )  # fmt: skip
