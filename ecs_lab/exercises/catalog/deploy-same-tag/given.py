"""What deploy-same-tag gives: an old image in the tasks, a new one behind the tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service with percentages that make an outage of each update, and a push after it."""
    image = lab.registry.push(variant.image, like="nginx:1.27")
    clinic.on_fargate(
        lab, variant.cluster, clinic.web(image=image), desiredCount=variant.count,
        availabilityZoneRebalancing="DISABLED",
        deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100},
    )  # fmt: skip
    lab.registry.push(variant.image, like="nginx:1.29")
    lab.wait(3600)
