"""Stacks that aws-cdk-lib makes of its load balanced patterns, created, updated and deleted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from served import Served

pytestmark = pytest.mark.clients
PATIENCE_S = 60


def wait(cloudformation: Any, stack: str, wanted: str) -> dict[str, Any]:
    """Wait in real time until a stack is in a state; it, or the test fails with its events."""
    until = time.monotonic() + PATIENCE_S
    while True:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if found["StackStatus"] == wanted:
            return found
        moving = found["StackStatus"].endswith("_IN_PROGRESS")
        if not moving or time.monotonic() > until:
            events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
            reasons = [each.get("ResourceStatusReason") for each in events]
            pytest.fail(f"{stack} is {found['StackStatus']}, not {wanted}: {reasons}")
        time.sleep(0.2)


@pytest.mark.parametrize("kind", ["Fargate", "Ec2"])
def test_load_balanced_service_of_cdk(kind: str, served: Served, templates: dict[str, str]) -> None:
    """Its service reaches a steady state behind its load balancer, takes a new image, and goes."""
    cloudformation, ecs = served.client("cloudformation"), served.client("ecs")
    body = templates[kind]
    named = {"StackName": kind, "Capabilities": ["CAPABILITY_IAM"]}
    stack = cloudformation.create_stack(**named, TemplateBody=body)["StackId"]
    made = wait(cloudformation, stack, "CREATE_COMPLETE")
    outputs = {each["OutputKey"]: each["OutputValue"] for each in made["Outputs"]}
    assert any(value.startswith("http://") for value in outputs.values())
    resources = cloudformation.describe_stack_resources(StackName=kind)["StackResources"]
    ids = {each["ResourceType"]: each.get("PhysicalResourceId") for each in resources}
    cluster, arn = ids["AWS::ECS::Cluster"], ids["AWS::ECS::Service"]

    def service() -> dict[str, Any]:
        found: dict[str, Any] = ecs.describe_services(cluster=cluster, services=[arn])
        return dict(found["services"][0])

    before = service()
    assert (before["runningCount"], len(before["deployments"])) == (2, 1)
    assert "has reached a steady state" in before["events"][0]["message"]
    assert before["loadBalancers"][0]["containerPort"] == 80
    group = before["loadBalancers"][0]["targetGroupArn"]
    health = served.client("elbv2").describe_target_health(TargetGroupArn=group)
    states = [each["TargetHealth"]["State"] for each in health["TargetHealthDescriptions"]]
    assert states == ["healthy", "healthy"]

    newer = body.replace("nginx:1.27", "nginx:1.28")
    cloudformation.update_stack(**named, TemplateBody=newer)
    wait(cloudformation, stack, "UPDATE_COMPLETE")
    after = service()
    assert after["taskDefinition"] != before["taskDefinition"]
    assert (after["runningCount"], len(after["deployments"])) == (2, 1)

    cloudformation.delete_stack(StackName=kind)
    wait(cloudformation, stack, "DELETE_COMPLETE")
    assert not [each for each in ecs.list_clusters()["clusterArns"] if each.endswith(cluster)]
