"""What clinic-image-tag gives: an image in ECR, and a tag with a slip in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """An image in ECR, and a tag with a slip in it."""
    image = lab.registry.push(f"{variant.cluster}/web:{variant.tag}", like="nginx:1.27")
    wrong = image.replace(f":{variant.tag}", f":{variant.typed}")
    clinic.on_fargate(lab, variant.cluster, clinic.web(image=wrong))
