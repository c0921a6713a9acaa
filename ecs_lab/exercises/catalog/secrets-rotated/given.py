"""What secrets-rotated gives: a service whose secret was rotated, and that goes on as before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service that names one version of its secret, and a rotation of the secret."""
    secrets = lab.client("secretsmanager")
    made = secrets.create_secret(
        Name=f"{variant.cluster}/db", SecretString=json.dumps({"password": variant.tea.old})
    )
    secret, first = made["ARN"], made["VersionId"]
    read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
    lab.client("iam").put_role_policy(
        RoleName="ecsTaskExecutionRole",
        PolicyName="db",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
    )
    named = [{"name": "DB_PASSWORD", "valueFrom": f"{secret}:password::{first}"}]
    clinic.on_fargate(lab, variant.cluster, clinic.web(secrets=named, memory=None))
    secrets.put_secret_value(
        SecretId=secret, SecretString=json.dumps({"password": variant.tea.new})
    )
    lab.client("ecs").update_service(
        cluster=variant.cluster, service="web", forceNewDeployment=True
    )
    lab.wait(clinic.ROLLOUT_S)
