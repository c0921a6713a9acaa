"""ECS Exec in a lab: what its agent needs, and a command that runs in the container's view."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from starting import ACCOUNT, REGISTRY, became, described, launch, register, role

if TYPE_CHECKING:
    from ecs_lab import Lab
    from ecs_lab.runtime.inside import Inside

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


def stay(container: Inside) -> None:
    """A script that runs on."""
    container.sleep(100_000)


def roomy(lab: Lab, allows: tuple[str, ...] = CHANNELS, **container: Any) -> str:
    """Run a task of an image of the lab's own that takes commands; gives its ARN."""
    lab.registry.push("stay:1", script=stay)
    return task(lab, allows, image=f"{REGISTRY}/stay:1", **container)


def test_a_command_sees_what_the_container_sees(shop: Lab) -> None:
    """Environment and files, by the task's ARN or its id."""
    arn = roomy(shop, environment=[{"name": "MODE", "value": "test"}])
    assert "MODE=test" in shop.exec(arn, "env").splitlines()
    shop.exec(arn, "echo hello > /tmp/greeting")
    assert shop.exec(arn[-32:], "cat /tmp/greeting", container="job").strip() == "hello"


def test_a_command_reads_the_task_roles_credentials(shop: Lab) -> None:
    """curl of the relative URI gives the keys of the task role."""
    arn = roomy(shop)
    shown = shop.exec(arn, "curl -s 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    assert json.loads(shown)["RoleArn"].endswith(":role/app")


def test_a_refusal_is_awss_own(shop: Lab) -> None:
    """Without the permissions of the task role no command runs, and the error is ECS's."""
    arn = roomy(shop, ())
    with pytest.raises(ClientError, match="TargetNotConnectedException"):
        shop.exec(arn, "env")
    with pytest.raises(ValueError, match="There is no task 'nobody' in this lab"):
        shop.exec("nobody", "env")


LOGGING = (
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetBucketLocation",
    "s3:GetEncryptionConfiguration",
    "s3:PutObject",
)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_session_is_logged_as_the_cluster_says(shop: Lab, allowed: bool) -> None:
    """logging OVERRIDE: to a log group and a bucket, with the permissions of the task role."""
    shop.client("logs").create_log_group(logGroupName="/exec")
    shop.client("s3").create_bucket(Bucket="shop-sessions")
    where = {
        "cloudWatchLogGroupName": "/exec",
        "s3BucketName": "shop-sessions",
        "s3KeyPrefix": "exec",
    }
    command = {"logging": "OVERRIDE", "logConfiguration": where}
    shop.client("ecs").update_cluster(
        cluster="shop", configuration={"executeCommandConfiguration": command}
    )
    arn = roomy(shop, (*CHANNELS, *(LOGGING if allowed else ())))
    assert shop.exec(arn, "echo hello").strip() == "hello"
    streams = shop.client("logs").describe_log_streams(logGroupName="/exec")["logStreams"]
    objects = shop.client("s3").list_objects_v2(Bucket="shop-sessions").get("Contents", [])
    assert len(streams) == len(objects) == int(allowed)
    if allowed:
        name = streams[0]["logStreamName"]
        assert name.startswith("ecs-execute-command-")
        assert objects[0]["Key"] == f"exec/{name}.log"


def test_by_default_a_session_is_logged_where_the_container_logs(shop: Lab) -> None:
    """logging DEFAULT: to the group of the container's awslogs driver."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    options = {
        "awslogs-region": "us-east-1",
        "awslogs-group": "/shop",
        "awslogs-stream-prefix": "web",
    }
    arn = roomy(
        shop,
        (*CHANNELS, *LOGGING),
        logConfiguration={"logDriver": "awslogs", "options": options},
    )
    shop.exec(arn, "echo hello")
    streams = shop.client("logs").describe_log_streams(
        logGroupName="/shop", logStreamNamePrefix="ecs-execute-command-"
    )["logStreams"]
    assert len(streams) == 1
