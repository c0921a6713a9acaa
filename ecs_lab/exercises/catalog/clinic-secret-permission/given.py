"""What clinic-secret-permission gives: a secret that the execution role may not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A secret that the execution role may not read."""
    secrets = lab.client("secretsmanager")
    arn = secrets.create_secret(Name=variant.secret, SecretString="ivory")["ARN"]
    execution = clinic.role(lab, "webStart", ["logs:CreateLogStream", "logs:PutLogEvents"])
    roles = {"executionRoleArn": execution, "taskRoleArn": clinic.role(lab, "webTask", [])}
    container = clinic.web(secrets=[{"name": "PASSWORD", "valueFrom": arn}])
    clinic.on_fargate(lab, variant.cluster, container, definition=roles)
