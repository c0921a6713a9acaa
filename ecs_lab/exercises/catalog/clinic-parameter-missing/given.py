"""What clinic-parameter-missing gives: a secret that is asked for by a wrong name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A secret that is asked for by a wrong name."""
    lab.client("ssm").put_parameter(Name=variant.names.there, Value="ivory", Type="SecureString")
    actions = ["ssm:GetParameters", "kms:Decrypt", "logs:CreateLogStream", "logs:PutLogEvents"]
    container = clinic.web(secrets=[{"name": "PASSWORD", "valueFrom": variant.names.asked}])
    roles = {"executionRoleArn": clinic.role(lab, "webStart", actions)}
    clinic.on_fargate(lab, variant.cluster, container, definition=roles)
