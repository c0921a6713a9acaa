"""ecs-deploy as it comes from its registry, against `ecs-lab serve`: deploy, scale, update, run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from installed import Command
    from served import Served

pytestmark = pytest.mark.clients


@pytest.fixture
def town(served: Served) -> Any:
    """An ECS client of a lab with a steady service `web` in the cluster `shop`."""
    ecs, ec2 = served.client("ecs"), served.client("ec2")
    ecs.create_cluster(clusterName="shop")
    container = {"name": "web", "image": "nginx:1.27"}
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[container],
    )
    if not ecs.list_services(cluster="shop")["serviceArns"]:
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        network = {"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}}
        ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition="web",
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration=network,
        )
    return ecs


def the_service(ecs: Any) -> dict[str, Any]:
    """The service `web`."""
    found: dict[str, Any] = ecs.describe_services(cluster="shop", services=["web"])["services"][0]
    return found


def image(ecs: Any) -> str:
    """The image of the service's task definition."""
    arn = the_service(ecs)["taskDefinition"]
    found = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return str(found["containerDefinitions"][0]["image"])


def test_deploy_rolls_a_new_image_out(town: Any, ecs_deploy: Command) -> None:
    """It registers a revision, updates the service and waits until it is deployed."""
    output = ecs_deploy.run("deploy", "shop", "web", "--image", "web", "nginx:1.28")
    assert "Deployment successful" in output
    assert image(town) == "nginx:1.28"


def test_scale_waits_for_the_tasks(town: Any, ecs_deploy: Command) -> None:
    """It updates the desired count and waits until as many run."""
    output = ecs_deploy.run("scale", "shop", "web", "3")
    assert "Scaling successful" in output
    assert the_service(town)["runningCount"] == 3


def test_update_registers_a_revision_alone(town: Any, ecs_deploy: Command) -> None:
    """A task definition gets a new image; no service is touched."""
    before = the_service(town)["taskDefinition"]
    ecs_deploy.run("update", "web", "--image", "web", "nginx:1.29")
    newest = town.describe_task_definition(taskDefinition="web")["taskDefinition"]
    assert newest["containerDefinitions"][0]["image"] == "nginx:1.29"
    assert the_service(town)["taskDefinition"] == before


def test_run_starts_a_task(town: Any, served: Served, ecs_deploy: Command) -> None:
    """A single task of the task definition."""
    subnet = served.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    group = served.client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
    output = ecs_deploy.run(
        *("run", "shop", "web", "1", "--launchtype", "FARGATE"),
        *("--subnet", subnet, "--securitygroup", group, "--public-ip"),
    )
    assert "Successfully started 1 instances of task" in output
    assert town.list_tasks(cluster="shop", family="web")["taskArns"]
