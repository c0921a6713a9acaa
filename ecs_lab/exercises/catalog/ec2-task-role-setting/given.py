"""What ec2-task-role-setting gives: instances whose agents hand out no task roles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def setting(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with who this program is, and with a parameter's value if it may read it."""
    who = boto3.client("sts").get_caller_identity()["Arn"]
    try:
        found = boto3.client("ssm").get_parameter(Name=variant.parameter)
    except ClientError as error:
        start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [f"{who}: {error}".encode()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{who} has read {found['Parameter']['Value']}".encode()]


def build(lab: Lab) -> None:
    """Instances whose agents hand out no task roles, and a policy on their own role instead."""
    ssm = lab.client("ssm")
    ssm.put_parameter(Name=variant.parameter, Value="ivory", Type="String")
    clinic.role(lab, "webTask", ["ssm:GetParameter"])
    allow = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}
    lab.client("iam").put_role_policy(
        RoleName="ecsInstanceRole",
        PolicyName="parameters",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    image = lab.registry.push("web:1", setting, port=80)
    clinic.on_instances(
        lab,
        variant.cluster,
        clinic.web(image=image),
        subnets=lab.network.private_subnets[:2],
        config="ECS_ENABLE_TASK_IAM_ROLE=false",
    )
