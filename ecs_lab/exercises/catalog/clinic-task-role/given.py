"""What clinic-task-role gives: an application whose task role may do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def setting(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with a parameter's value, or with what kept it from reading it."""
    if environ["PATH_INFO"] == "/health":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"well"]
    try:
        found = boto3.client("ssm").get_parameter(Name=variant.parameter)
    except ClientError as error:
        print(error)  # noqa: T201  # the container's log
        start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [str(error).encode()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [found["Parameter"]["Value"].encode()]


def build(lab: Lab) -> None:
    """An application whose task role may do nothing."""
    lab.client("ssm").put_parameter(Name=variant.parameter, Value="ivory", Type="String")
    pull = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    roles = {
        "executionRoleArn": clinic.role(lab, "webStart", pull),
        "taskRoleArn": clinic.role(lab, "webTask", []),
    }
    container = clinic.web(image=lab.registry.push("web:1", setting, port=80))
    group = clinic.target_group(lab, HealthCheckPath="/health")
    clinic.on_fargate(
        lab, variant.cluster, container, definition=roles, loadBalancers=clinic.targets(group)
    )
