"""What iam-wrong-role gives: a service on EC2 whose secret is left to the instance's role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service on EC2 whose secret is left to the instance's role."""
    secrets = lab.client("secretsmanager")
    secret = secrets.create_secret(Name=f"{variant.cluster}/db", SecretString="tea-time")["ARN"]
    read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    lab.client("iam").put_role_policy(
        RoleName="ecsInstanceRole",
        PolicyName="secrets",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
    )
    clinic.on_instances(
        lab,
        variant.cluster,
        scene.container(secrets=[{"name": "DB_PASSWORD", "valueFrom": secret}]),
        subnets=lab.network.private_subnets[:2],
        definition={"executionRoleArn": lab.roles["ecsInstanceRole"]},
    )
