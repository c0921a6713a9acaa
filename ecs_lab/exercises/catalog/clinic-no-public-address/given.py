"""What clinic-no-public-address gives: tasks in public subnets that get no public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Tasks in public subnets that get no public address."""
    vpc = scene.network(lab, public=True)["awsvpcConfiguration"]
    vpc["subnets"] = vpc["subnets"][: int(variant.count)]
    clinic.on_fargate(lab, variant.cluster, networkConfiguration={"awsvpcConfiguration": vpc})
