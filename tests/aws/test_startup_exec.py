"""ECS Exec in a lab: what its agent needs, and a command that runs in the container's view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from starting import ACCOUNT, became, described, launch, register, role

if TYPE_CHECKING:
    from ecs_lab import Lab

CHANNELS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"


@pytest.fixture
def shop(lab: Lab) -> Lab:
    """A lab with the cluster shop."""
    lab.client("ecs").create_cluster(clusterName="shop")
    return lab


def task(lab: Lab, allows: tuple[str, ...] = CHANNELS, **container: Any) -> str:
    """Run a task that takes commands, with a task role of its own; gives its ARN."""
    own = role(lab, "app", allows)
    register(lab, container, fargate=True, taskRoleArn=own, executionRoleArn=EXECUTION)
    arn = launch(lab, fargate=True, enableExecuteCommand=True)
    assert became(lab, arn, 60) == ("RUNNING", "", "")
    return arn


def execute(lab: Lab, arn: str) -> str:
    """The error code that ExecuteCommand gives, or an empty text."""
    try:
        lab.client("ecs").execute_command(cluster="shop", task=arn, interactive=True, command="ls")
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


@pytest.mark.parametrize("missing", CHANNELS)
def test_the_task_role_opens_the_channels(shop: Lab, missing: str) -> None:
    """Without one of the four permissions of ssmmessages the target is not connected."""
    allowed = tuple(each for each in CHANNELS if each != missing)
    assert execute(shop, task(shop, allowed)) == "TargetNotConnectedException"


def test_session_manager_has_to_be_reached(shop: Lab) -> None:
    """A way that is closed while the task runs: no session any more."""
    arn = task(shop)
    assert execute(shop, arn) == ""
    ec2 = shop.client("ec2")
    filters = [{"Name": "association.subnet-id", "Values": list(shop.network.public_subnets)}]
    table = ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    assert execute(shop, arn) == "TargetNotConnectedException"


def test_a_read_only_root_file_system_has_no_place_for_the_agent(shop: Lab) -> None:
    """The agent in the container is STOPPED, and the API says that it is not running."""
    arn = task(shop, readonlyRootFilesystem=True)
    (agent,) = described(shop, arn)["containers"][0]["managedAgents"]
    assert agent["lastStatus"] == "STOPPED"
    assert execute(shop, arn) == "InvalidParameterException"
