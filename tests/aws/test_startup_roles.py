"""Which role does what while a task starts: without its permission the task stops with AWS's text,
with it the task runs.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from starting import (
    ACCOUNT,
    ECR,
    LOGS,
    allow,
    became,
    described,
    instance,
    launch,
    push,
    register,
    role,
)

if TYPE_CHECKING:
    from ecs_lab import Lab

RUNNING = ("RUNNING", "", "")
FAILED = "TaskFailedToStart"
SECRET = "secretsmanager:GetSecretValue"
LOG_OPTIONS = {
    "awslogs-region": "us-east-1",
    "awslogs-group": "/shop",
    "awslogs-stream-prefix": "web",
}


@pytest.fixture
def shop(lab: Lab) -> Lab:
    """A lab with the cluster shop."""
    lab.client("ecs").create_cluster(clusterName="shop")
    return lab


def needs(lab: Lab, what: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A container that needs something of AWS, and the permissions for it."""
    if what == "image":
        return {"image": push(lab, "web")}, ECR
    if what == "secret":
        made = lab.client("secretsmanager").create_secret(Name="db", SecretString="hush")
        return {"secrets": [{"name": "DB", "valueFrom": made["ARN"]}]}, (SECRET,)
    if what == "parameter":
        lab.client("ssm").put_parameter(Name="/shop/db", Value="hush", Type="SecureString")
        return {"secrets": [{"name": "DB", "valueFrom": "/shop/db"}]}, ("ssm:GetParameters",)
    if what == "file":
        s3 = lab.client("s3")
        s3.create_bucket(Bucket="shop-files")
        s3.put_object(Bucket="shop-files", Key="web.env", Body=b"MODE=test\n")
        files = [{"type": "s3", "value": "arn:aws:s3:::shop-files/web.env"}]
        return {"environmentFiles": files}, ("s3:GetObject", "s3:GetBucketLocation")
    if what == "registry":
        text = json.dumps({"username": "me", "password": "hush"})
        made = lab.client("secretsmanager").create_secret(Name="hub", SecretString=text)
        credentials = {"credentialsParameter": made["ARN"]}
        return {"repositoryCredentials": credentials}, (SECRET,)
    lab.client("logs").create_log_group(logGroupName="/shop")
    return {"logConfiguration": {"logDriver": "awslogs", "options": LOG_OPTIONS}}, LOGS


ROWS = [
    tuple(each.values())
    for each in tomllib.loads(Path(__file__).with_name("startup_roles.toml").read_text("utf-8"))[
        "row"
    ]
]


@pytest.mark.parametrize(
    ("what", "whose", "launch_type", "missing", "text"),
    ROWS,
    ids=["-".join(each[:4]) for each in ROWS],
)
def test_a_task_starts_only_with_the_permission_of_the_right_role(
    shop: Lab, what: str, whose: str, launch_type: str, missing: str, text: str
) -> None:
    """Without one permission of one role the task fails to start, with it the same task runs."""
    fargate = launch_type == "FARGATE"
    container, permissions = needs(shop, what)
    task: dict[str, Any] = {}
    if whose == "execution":
        task["executionRoleArn"] = role(shop, "mine", permissions)
    if not fargate:
        instance(shop, _profile(shop, permissions) if whose == "instance" else "ecsInstanceRole")
    register(shop, container, fargate=fargate, **task)
    others = [each for each in (*permissions, *_agent(whose)) if each != missing]
    allow(shop, "mine", others)
    status, code, reason = became(shop, launch(shop, fargate=fargate))
    assert (status, code) == ("STOPPED", FAILED)
    assert reason.startswith(text)
    if "AccessDeniedException" in reason:
        assert f"not authorized to perform: {missing} on resource: " in reason
    allow(shop, "mine", [*others, missing])
    assert became(shop, launch(shop, fargate=fargate)) == RUNNING


def _agent(whose: str) -> tuple[str, ...]:
    return ("ecs:*",) if whose == "instance" else ()


def _profile(lab: Lab, permissions: tuple[str, ...]) -> str:
    """An instance profile with the role `mine`, which the agent can register with."""
    iam = lab.client("iam")
    role(lab, "mine", [*permissions, "ecs:*"], service="ec2.amazonaws.com")
    iam.create_instance_profile(InstanceProfileName="mine")
    iam.add_role_to_instance_profile(InstanceProfileName="mine", RoleName="mine")
    return "mine"


def test_a_registrys_secret_may_be_given_by_its_name(shop: Lab) -> None:
    """A name means the secret of the task's own Region, and the same permission on its ARN."""
    needs(shop, "registry")
    execution = role(shop, "execution")
    by_name = {"repositoryCredentials": {"credentialsParameter": "hub"}}
    register(shop, by_name, fargate=True, executionRoleArn=execution)
    reason = became(shop, launch(shop, fargate=True))[2]
    assert "for hub: AccessDeniedException" in reason
    assert f"not authorized to perform: {SECRET} on resource: arn:aws:" in reason
    allow(shop, "execution", [SECRET])
    assert became(shop, launch(shop, fargate=True)) == RUNNING
    by_name["repositoryCredentials"]["credentialsParameter"] = "nobody"
    register(shop, by_name, fargate=True, executionRoleArn=execution)
    status, code, reason = became(shop, launch(shop, fargate=True))
    assert (status, code) == ("STOPPED", FAILED)
    assert "for nobody: ResourceNotFoundException" in reason


@pytest.mark.parametrize("fargate", [True, False])
def test_public_images_need_no_role(shop: Lab, fargate: bool) -> None:
    """nginx from Docker Hub runs without any role of the task."""
    if not fargate:
        instance(shop)
    register(shop, {"image": "nginx"}, fargate=fargate)
    assert became(shop, launch(shop, fargate=fargate)) == RUNNING


def test_on_ec2_the_instance_role_reads_no_secret(shop: Lab) -> None:
    """An instance role that may read every secret is of no use to a task whose execution role may
    not: the study notes' mistake.
    """
    container, permissions = needs(shop, "secret")
    instance(shop, _profile(shop, permissions))
    execution = role(shop, "execution")
    register(shop, container, fargate=False, executionRoleArn=execution)
    status, code, reason = became(shop, launch(shop, fargate=False))
    assert (status, code) == ("STOPPED", FAILED)
    assert ":assumed-role/execution/" in reason


def test_without_the_override_awslogs_on_ec2_use_the_instance_role(shop: Lab) -> None:
    """ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=false: the execution role that a task has for its
    secrets writes no logs.
    """
    container, _ = needs(shop, "logs")
    instance(shop, settings="ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=false")
    config = shop.world.agents.config  # type: ignore[attr-defined] # of the world in this process
    found = shop.client("ec2").describe_instances()["Reservations"][0]["Instances"][0]
    assert not config(found["InstanceId"]).awslogs_execution_role
    register(shop, container, fargate=False)
    assert became(shop, launch(shop, fargate=False)) == RUNNING


@pytest.mark.parametrize("kind", ["taskRoleArn", "executionRoleArn"])
def test_a_role_that_does_not_trust_ecs_launches_nothing(shop: Lab, kind: str) -> None:
    """RunTask is refused, and a service says so in its events and on EventBridge."""
    wrong = role(shop, "wrong", ECR, service="ec2.amazonaws.com")
    register(shop, {}, fargate=True, **{kind: wrong})
    text = (
        f"ECS was unable to assume the role '{wrong}' that was provided for this task. Please "
        "verify that the role being passed has the proper trust relationship and permissions and "
        "that your IAM user has permissions to pass this role."
    )
    with pytest.raises(ClientError) as refused:
        launch(shop, fargate=True)
    assert refused.value.response["Error"]["Message"] == text
    ecs = shop.client("ecs")
    vpc = {"subnets": list(shop.network.public_subnets), "assignPublicIp": "ENABLED"}
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="job",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    shop.wait(30)
    service = ecs.describe_services(cluster="shop", services=["web"])["services"][0]
    assert service["events"][0]["message"] == (
        f"(service web) failed to launch a task with (error {text})."
    )
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    document = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    shop.client("iam").update_assume_role_policy(
        RoleName="wrong", PolicyDocument=json.dumps(document)
    )
    shop.wait(60)
    service = ecs.describe_services(cluster="shop", services=["web"])["services"][0]
    assert service["runningCount"] == 1


@pytest.mark.parametrize(
    ("condition", "runs"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, False),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:*"}}, False),
    ],
)
def test_conditions_of_the_trust_policy_count(
    shop: Lab, condition: dict[str, Any], runs: bool
) -> None:
    """aws:SourceAccount and aws:SourceArn keep a role from tasks of elsewhere."""
    own = role(shop, "own", condition=condition)
    register(shop, {}, fargate=True, taskRoleArn=own)
    if runs:
        assert became(shop, launch(shop, fargate=True)) == RUNNING
    else:
        with pytest.raises(ClientError, match="unable to assume the role"):
            launch(shop, fargate=True)


def test_a_failed_start_shows_in_the_services_events_and_takes_time(shop: Lab) -> None:
    """The agent asks once more before it gives up; the service tries again, ever more slowly."""
    container, _ = needs(shop, "secret")
    register(shop, container, fargate=True, executionRoleArn=role(shop, "mine"))
    arn = launch(shop, fargate=True)
    became(shop, arn)
    task = described(shop, arn)
    assert (task["stoppingAt"] - task["pullStartedAt"]).total_seconds() == 12 + 3
    vpc = {"subnets": list(shop.network.public_subnets), "assignPublicIp": "ENABLED"}
    ecs = shop.client("ecs")
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="job",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    shop.wait(400)
    events = ecs.describe_services(cluster="shop", services=["web"])["services"][0]["events"]
    assert "(service web) is unable to consistently start tasks successfully." in [
        each["message"] for each in events
    ]
