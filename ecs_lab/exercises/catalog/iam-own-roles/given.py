"""What iam-own-roles gives: two services that share the role of their instance."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def keys(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer GET /<name> with the parameter /<name>/key, or with what kept it from reading."""
    name = environ["PATH_INFO"] + "/key"
    try:
        found = boto3.client("ssm").get_parameter(Name=name)
    except ClientError as error:
        start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [str(error).encode()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [found["Parameter"]["Value"].encode()]


def build(lab: Lab) -> None:
    """Two services that share the role of their instance."""
    ecs, ssm = lab.client("ecs"), lab.client("ssm")
    allow = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}
    lab.client("iam").put_role_policy(
        RoleName="ecsInstanceRole",
        PolicyName="parameters",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    ecs.create_cluster(clusterName=variant.cluster)
    scene.launch(lab, f"ECS_CLUSTER={variant.cluster}")
    lab.wait(scene.BOOT_S)
    image = lab.registry.push("keys:1", keys, port=80)
    for name in (variant.pair.first, variant.pair.second):
        ssm.put_parameter(Name=f"/{name}/key", Value=f"key of {name}", Type="String")
        scene.definition(lab, clinic.web(image=image), family=name)
        ecs.create_service(
            cluster=variant.cluster, serviceName=name, taskDefinition=name, desiredCount=1
        )
    lab.wait(clinic.FIVE_MINUTES_S)
