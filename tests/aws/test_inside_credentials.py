"""Whose credentials an app in a container has."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from insides import instance, on_ec2, on_fargate, output, role

if TYPE_CHECKING:
    from ecs_lab import Lab


def who(container: Any) -> None:
    """Print whose credentials boto3 finds without being told."""
    try:
        print(boto3.client("sts").get_caller_identity()["Arn"])
    except BotoCoreError as error:
        print(type(error).__name__)


def test_get_caller_identity_tells_the_task_role_and_the_task(lab: Lab) -> None:
    """The session of a task role has the task's id for its name."""
    image = lab.registry.push("who:1", script=who)
    arn = on_fargate(lab, {"image": image}, taskRoleArn=role(lab, "app"))
    task_id = arn.rpartition("/")[2]
    assert output(lab, arn) == [f"arn:aws:sts::123456789012:assumed-role/app/{task_id}"]


def test_a_task_on_fargate_without_a_task_role_has_no_credentials(lab: Lab) -> None:
    """The execution role is not the app's."""
    arn = on_fargate(lab, {"image": lab.registry.push("who:1", script=who)})
    assert output(lab, arn) == ["NoCredentialsError"]


INSTANCE_ROLE = "arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/{instance}"


@pytest.mark.parametrize("mode", ["bridge", "host", "awsvpc"])
def test_without_a_task_role_a_task_on_an_instance_has_the_instance_role(
    lab: Lab, mode: str
) -> None:
    """The instance metadata service is reached in all network modes."""
    instance_id = instance(lab)
    arn = on_ec2(lab, {"image": lab.registry.push("who:1", script=who)}, networkMode=mode)
    assert output(lab, arn) == [INSTANCE_ROLE.format(instance=instance_id)]


@pytest.mark.parametrize(
    ("mode", "setting"),
    [
        ("bridge", "ECS_ENABLE_TASK_IAM_ROLE=false"),
        ("host", "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=false"),
    ],
)
def test_where_the_agent_gives_no_task_roles_the_app_falls_to_the_instance_role(
    lab: Lab, mode: str, setting: str
) -> None:
    """The task's role comes with RunTask, so that no attribute keeps it from the instance."""
    instance_id = instance(lab, setting)
    arn = on_ec2(
        lab,
        {"image": lab.registry.push("who:1", script=who)},
        networkMode=mode,
        overrides={"taskRoleArn": role(lab, "app")},
    )
    assert output(lab, arn) == [INSTANCE_ROLE.format(instance=instance_id)]


def test_blocked_instance_metadata_leaves_awsvpc_tasks_without_credentials(lab: Lab) -> None:
    """ECS_AWSVPC_BLOCK_IMDS=true is about tasks in awsvpc mode alone."""
    instance_id = instance(lab, "ECS_AWSVPC_BLOCK_IMDS=true")
    image = lab.registry.push("who:1", script=who)
    arn = on_ec2(lab, {"image": image}, networkMode="awsvpc")
    assert output(lab, arn) == ["NoCredentialsError"]
    arn = on_ec2(lab, {"image": image}, networkMode="bridge")
    assert output(lab, arn) == [INSTANCE_ROLE.format(instance=instance_id)]


def test_a_hop_limit_of_one_keeps_bridge_tasks_from_tokens(lab: Lab) -> None:
    """The bridge is one hop too many."""
    instance(lab, MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1})
    arn = on_ec2(lab, {"image": lab.registry.push("who:1", script=who)}, networkMode="bridge")
    assert output(lab, arn) == ["NoCredentialsError"]


def buckets(container: Any) -> None:
    """Print the buckets, or why not."""
    try:
        print(len(boto3.client("s3").list_buckets()["Buckets"]))
    except ClientError as error:
        print(error.response["Error"]["Code"])


@pytest.mark.parametrize(
    ("actions", "printed"), [(["s3:ListAllMyBuckets"], "0"), ([], "AccessDenied")]
)
def test_an_app_may_do_what_its_task_role_allows(
    lab: Lab, actions: list[str], printed: str
) -> None:
    """The task role's policies are enforced on the app's calls."""
    image = lab.registry.push("buckets:1", script=buckets)
    arn = on_fargate(lab, {"image": image}, taskRoleArn=role(lab, "app", *actions))
    assert output(lab, arn) == [printed]


def fetch(container: Any) -> None:
    """Ask for the credentials as an SDK does, and print what comes."""
    uri = container.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    with urllib.request.urlopen(f"http://169.254.170.2{uri}") as answer:
        print(answer.read().decode())
    print(container.get("http://169.254.170.2/v2/credentials/somebody-elses").text)


def test_credentials_come_from_the_relative_uri(lab: Lab) -> None:
    """The address answers with the role's keys, and nobody else's id is known there."""
    image = lab.registry.push("fetch:1", script=fetch)
    app = role(lab, "app")
    arn = on_fargate(lab, {"image": image}, taskRoleArn=app)
    own, other = (json.loads(each) for each in output(lab, arn))
    assert own["RoleArn"] == app
    assert set(own) == {"RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert other == {
        "code": "InvalidIdInRequest",
        "message": "CredentialsV2Request: Credentials not found",
        "HTTPErrorCode": 400,
    }


def keep_asking(container: Any) -> None:
    """Print the access key that boto3 uses now."""
    session = container.memory.setdefault("session", boto3.Session())
    print(session.get_credentials().get_frozen_credentials().access_key)


def test_credentials_are_renewed_before_they_expire(lab: Lab) -> None:
    """An SDK that lives on has new keys after some hours, without being told."""
    image = lab.registry.push("worker:1", step=keep_asking, every_s=3600)
    arn = on_fargate(lab, {"image": image}, taskRoleArn=role(lab, "app"))
    lab.wait(12 * 3600)
    keys = output(lab, arn)
    assert len(keys) == 13
    assert len(set(keys)) == 3


def outsider(lab: Lab) -> Any:
    """A script that uses a client of the learner's."""
    client = lab.client("s3")

    def script(container: Any) -> None:
        client.list_buckets()

    return script


def test_a_client_of_the_learners_is_none_of_the_containers(lab: Lab) -> None:
    """Inside an app an administrator's client is refused, with the way that works."""
    arn = on_fargate(lab, {"image": lab.registry.push("outsider:1", script=outsider(lab))})
    assert output(lab, arn)[-1].startswith("PermissionError: The lab and its clients")
