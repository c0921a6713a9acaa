"""What watch-exec-repair gives: a service into whose containers nobody can look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Exec is off, the root file system read-only, and the task role may do nothing of it."""
    lab.client("logs").create_log_group(logGroupName=variant.group)
    role = clinic.role(lab, "web", ["s3:ListAllMyBuckets"])
    closed = clinic.web(readonlyRootFilesystem=True)
    clinic.on_fargate(lab, variant.cluster, closed, definition={"taskRoleArn": role})
