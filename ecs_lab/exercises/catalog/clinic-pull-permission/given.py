"""What clinic-pull-permission gives: an execution role that may write logs, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """An execution role that may write logs, and nothing else."""
    image = lab.registry.push(f"{variant.cluster}/web:1", like="nginx:1.27")
    execution = clinic.role(lab, variant.role, ["logs:CreateLogStream", "logs:PutLogEvents"])
    application = clinic.role(lab, "webTask", [])
    roles = {"executionRoleArn": execution, "taskRoleArn": application}
    clinic.on_fargate(lab, variant.cluster, clinic.web(image=image), definition=roles)
