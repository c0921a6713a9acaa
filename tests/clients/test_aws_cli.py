"""The AWS CLI as it comes from its registry, against `ecs-lab serve`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from installed import Command

pytestmark = pytest.mark.clients

WEB = [{"name": "web", "image": "nginx:1.27", "portMappings": [{"containerPort": 80}]}]


def register(aws: Command, image: str) -> str:
    """A new revision of `web`; its ARN."""
    made = aws.run(
        *("ecs", "register-task-definition", "--family", "web", "--cpu", "256", "--memory", "512"),
        *("--requires-compatibilities", "FARGATE", "--network-mode", "awsvpc"),
        *("--container-definitions", json.dumps([{**WEB[0], "image": image}])),
        *("--query", "taskDefinition.taskDefinitionArn", "--output", "text"),
    )
    return made.strip()


def service(aws: Command, name: str) -> dict[str, Any]:
    """A service as describe-services has it."""
    words = ("ecs", "describe-services", "--cluster", "shop", "--services", name)
    found: dict[str, Any] = json.loads(aws.run(*words))["services"][0]
    return found


def subnet(aws: Command) -> str:
    """One of the lab's subnets."""
    words = ("ec2", "describe-subnets", "--query", "Subnets[0].SubnetId", "--output", "text")
    return aws.run(*words).strip()


def test_service_is_made_waited_for_updated_and_deleted(aws: Command) -> None:
    """Registered, created, stable, updated, stable again, deleted, inactive: each by a command."""
    aws.run("ecs", "create-cluster", "--cluster-name", "shop")
    first = register(aws, "nginx:1.27")
    network = f"awsvpcConfiguration={{subnets=[{subnet(aws)}],assignPublicIp=ENABLED}}"
    aws.run(
        *("ecs", "create-service", "--cluster", "shop", "--service-name", "web"),
        *("--task-definition", first, "--desired-count", "2", "--launch-type", "FARGATE"),
        *("--network-configuration", network),
    )
    aws.run("ecs", "wait", "services-stable", "--cluster", "shop", "--services", "web")
    assert service(aws, "web")["runningCount"] == 2
    second = register(aws, "nginx:1.28")
    words = ("--cluster", "shop", "--service", "web", "--task-definition", second)
    aws.run("ecs", "update-service", *words)
    aws.run("ecs", "wait", "services-stable", "--cluster", "shop", "--services", "web")
    after = service(aws, "web")
    assert (after["taskDefinition"], after["runningCount"]) == (second, 2)
    aws.run("ecs", "delete-service", "--cluster", "shop", "--service", "web", "--force")
    aws.run("ecs", "wait", "services-inactive", "--cluster", "shop", "--services", "web")
    assert service(aws, "web")["status"] == "INACTIVE"


def test_task_runs_to_its_end(aws: Command) -> None:
    """run-task, wait tasks-stopped, and the exit code of the container."""
    aws.run("ecs", "create-cluster", "--cluster-name", "shop")
    containers = json.dumps(
        [{"name": "job", "image": "busybox", "command": ["sh", "-c", "exit 3"]}]
    )
    aws.run(
        *("ecs", "register-task-definition", "--family", "job", "--cpu", "256", "--memory", "512"),
        *("--requires-compatibilities", "FARGATE", "--network-mode", "awsvpc"),
        *("--container-definitions", containers),
    )
    network = f"awsvpcConfiguration={{subnets=[{subnet(aws)}],assignPublicIp=ENABLED}}"
    arn = aws.run(
        *("ecs", "run-task", "--cluster", "shop", "--task-definition", "job"),
        *("--launch-type", "FARGATE", "--network-configuration", network),
        *("--query", "tasks[0].taskArn", "--output", "text"),
    ).strip()
    aws.run("ecs", "wait", "tasks-stopped", "--cluster", "shop", "--tasks", arn)
    words = ("ecs", "describe-tasks", "--cluster", "shop", "--tasks", arn)
    task = json.loads(aws.run(*words))["tasks"][0]
    assert task["containers"][0]["exitCode"] == 3


def test_errors_are_those_of_aws(aws: Command) -> None:
    """The CLI shows code and text, and ends with 255, as version 1 does."""
    aws.run("ecs", "list-tasks", "--cluster", "nowhere", code=255)


def test_template_is_deployed_by_a_change_set(aws: Command, tmp_path: object) -> None:
    """`aws cloudformation deploy` makes a change set, executes it and waits for the stack."""
    body = {"Resources": {"Cluster": {"Type": "AWS::ECS::Cluster"}}}
    path = f"{tmp_path}/cluster.json"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - a name for a command
        json.dump(body, file)
    aws.run("cloudformation", "deploy", "--stack-name", "one", "--template-file", path)
    words = ("cloudformation", "describe-stacks", "--stack-name", "one")
    assert json.loads(aws.run(*words))["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
