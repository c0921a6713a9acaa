"""What clinic-wrong-zone gives: a service whose subnet is in a zone without instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service whose subnet is in a zone without instances."""
    subnets = lab.network.private_subnets
    vpc = scene.network(lab)["awsvpcConfiguration"] | {"subnets": [subnets[variant.zones.tasks]]}
    clinic.on_instances(
        lab,
        variant.cluster,
        subnets=[subnets[variant.zones.instances]] * 2,
        definition={"networkMode": "awsvpc"},
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
