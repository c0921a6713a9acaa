"""What clinic-host-port gives: three tasks with a fixed host port on two instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Three tasks with a fixed host port on two instances."""
    container = clinic.web(portMappings=[{"containerPort": 80, "hostPort": variant.port}])
    clinic.on_instances(
        lab, variant.cluster, container, subnets=lab.network.private_subnets[:2], count=3
    )
