"""What clinic-trust-policy gives: an execution role that trusts another service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """An execution role that trusts another service."""
    execution = clinic.role(lab, "webStart", [], trusted=variant.service)
    lab.client("iam").attach_role_policy(
        RoleName="webStart",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    )
    image = lab.registry.push(f"{variant.cluster}/web:1", like="nginx:1.27")
    roles = {"executionRoleArn": execution}
    clinic.on_fargate(lab, variant.cluster, clinic.web(image=image), definition=roles)
