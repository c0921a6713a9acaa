"""What clinic-agent gives: an instance whose agent has been stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """An instance whose agent has been stopped."""
    subnet = lab.network.private_subnets[variant.subnet]
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    instance = scene.launch(lab, f"ECS_CLUSTER={variant.cluster}", SubnetId=subnet)
    lab.wait(scene.BOOT_S)
    lab.stop_agent(instance)
    clinic.on_instances(lab, variant.cluster, subnets=[])
