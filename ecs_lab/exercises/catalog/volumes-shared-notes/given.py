"""What volumes-shared-notes gives: a service whose tasks keep notes each for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, shared_files
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """The service web behind its load balancer, with a bind mount at /data."""
    point = {"sourceVolume": variant.volume, "containerPath": "/data"}
    web = clinic.web(image=shared_files.push(lab), mountPoints=[point])
    clinic.on_fargate(
        lab, variant.cluster, web, definition={"volumes": [{"name": variant.volume}]},
        networkConfiguration=clinic.in_two_zones(lab),
        loadBalancers=clinic.targets(clinic.target_group(lab)),
    )  # fmt: skip
