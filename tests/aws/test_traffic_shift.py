"""Native blue/green deployments on moto's load balancers."""

from __future__ import annotations

from typing import Any

import pytest
from two_target_groups import Stage

from ecs_lab import Lab

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:check"


@pytest.fixture
def stage(lab: Lab) -> Stage:
    """A blue/green service behind a load balancer."""
    made = Stage(lab)
    role = lab.roles["ecsTaskExecutionRole"]
    hook = {"hookTargetArn": FUNCTION, "roleArn": role, "lifecycleStages": ["POST_SCALE_UP"]}
    made.create(
        advanced={
            "alternateTargetGroupArn": made.green,
            "productionListenerRule": made.rule(made.production),
            "testListenerRule": made.rule(made.test),
            "roleArn": role,
        },
        deploymentConfiguration={
            "strategy": "BLUE_GREEN",
            "bakeTimeInMinutes": 5,
            "lifecycleHooks": [hook],
        },
    )
    return made


def test_a_blue_green_deployment_moves_tasks_and_traffic_to_the_other_target_group(
    stage: Stage,
) -> None:
    """Both listeners forward to green in the end, and only green has targets."""
    before = (stage.weights(stage.production), stage.targets(stage.blue))
    stage.ecs.update_service(cluster="shop", service="web", taskDefinition="web:2")
    stage.lab.settle()
    assert before == ((100, 0), 2)
    assert (stage.weights(stage.production), stage.weights(stage.test)) == ((0, 100), (0, 100))
    assert (stage.targets(stage.blue), stage.targets(stage.green)) == (0, 2)
    assert stage.definitions() == ["web:2", "web:2"]


def test_a_python_function_stands_for_the_lambda_function_of_a_hook(stage: Stage) -> None:
    """What is put into lab.hooks decides; one that raises has failed, and blue stays."""
    seen: list[dict[str, Any]] = []

    def check(event: dict[str, Any]) -> dict[str, Any]:
        seen.append(event)
        raise RuntimeError("the new revision does not answer")

    stage.lab.hooks[FUNCTION] = check
    stage.ecs.update_service(cluster="shop", service="web", taskDefinition="web:2")
    stage.lab.settle()
    arn = stage.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"][
        0
    ]["serviceDeploymentArn"]
    (shown,) = stage.ecs.describe_service_deployments(serviceDeploymentArns=[arn])[
        "serviceDeployments"
    ]
    assert [each["lifecycleStage"] for each in seen] == ["POST_SCALE_UP"]
    assert (shown["status"], shown["lifecycleHookDetails"][0]["status"]) == (
        "ROLLBACK_SUCCESSFUL",
        "FAILED",
    )
    assert (stage.weights(stage.production), stage.definitions()) == ((100, 0), ["web:1", "web:1"])


def test_a_rolling_service_goes_over_to_blue_green_by_an_update(lab: Lab) -> None:
    """The rule knows one target group only; the new revision brings the other into it."""
    stage = Stage(lab)
    stage.create()
    advanced = {
        "alternateTargetGroupArn": stage.green,
        "productionListenerRule": stage.rule(stage.production),
        "roleArn": lab.roles["ecsTaskExecutionRole"],
    }
    balancer = {"targetGroupArn": stage.blue, "containerName": "web", "containerPort": 80}
    stage.ecs.update_service(
        cluster="shop",
        service="web",
        taskDefinition="web:2",
        deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1},
        loadBalancers=[{**balancer, "advancedConfiguration": advanced}],
    )
    lab.settle()
    assert stage.weights(stage.production) == (0, 100)
    assert (stage.targets(stage.blue), stage.targets(stage.green)) == (0, 2)
    assert stage.definitions() == ["web:2", "web:2"]
