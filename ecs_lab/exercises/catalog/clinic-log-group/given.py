"""What clinic-log-group gives: a log group that was never made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A log group that was never made."""
    options = {"awslogs-group": variant.group, "awslogs-region": lab.region}
    options["awslogs-stream-prefix"] = "web"
    logs = {"logDriver": "awslogs", "options": options}
    clinic.on_fargate(lab, variant.cluster, clinic.web(logConfiguration=logs))
