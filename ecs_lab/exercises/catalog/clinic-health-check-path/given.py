"""What clinic-health-check-path gives: a health check for a page that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A health check for a page that is not there."""
    group = clinic.target_group(lab, HealthCheckPath=variant.path)
    clinic.on_fargate(lab, variant.cluster, loadBalancers=clinic.targets(group))
