"""What clinic-spot-gone gives: a service on Spot alone, whose Spot tasks are taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service on Spot alone, whose Spot tasks are taken back."""
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": variant.weight}]
    lab.client("ecs").create_cluster(
        clusterName=variant.cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"]
    )
    clinic.on_fargate(lab, variant.cluster, launchType=None, capacityProviderStrategy=strategy)
    lab.interrupt_spot(2, back_after_s=86_400)
    lab.wait(clinic.FIVE_MINUTES_S)
