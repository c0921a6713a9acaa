"""What a container finds in its environment: its definition's variables, files and secrets, as they
were when its task started.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starting import REGISTRY, became, instance, launch, register, role

if TYPE_CHECKING:
    from ecs_lab import Lab
    from ecs_lab.runtime.inside import Inside

EXECUTION = "arn:aws:iam::123456789012:role/all"
FAILED = ("STOPPED", "TaskFailedToStart")


def tell(container: Inside) -> None:
    """A script that writes its environment as JSON and runs on."""
    container.print(json.dumps(container.environment))
    container.sleep(100_000)


@pytest.fixture
def shop(lab: Lab) -> Lab:
    """A lab with the cluster shop, an image that tells its environment, and a role that may all."""
    lab.client("ecs").create_cluster(clusterName="shop")
    lab.registry.push("tell:1", script=tell)
    role(lab, "all", ["*"])
    return lab


def environment(lab: Lab, arn: str) -> dict[str, str]:
    """What the task's container found in its environment."""
    lab.wait(120)
    found: dict[str, str] = json.loads(lab.logs(arn)[0].text)
    return found


def run(lab: Lab, *, fargate: bool = True, **container: Any) -> str:
    """Run a task of the telling image; gives its ARN."""
    register(
        lab,
        {"image": f"{REGISTRY}/tell:1", **container},
        fargate=fargate,
        executionRoleArn=EXECUTION,
    )
    return launch(lab, fargate=fargate)


def secret(lab: Lab, text: str = '{"user": "me", "port": 5432}', name: str = "db") -> str:
    """Make a secret; gives its ARN."""
    made = lab.client("secretsmanager").create_secret(Name=name, SecretString=text)
    return str(made["ARN"])


@pytest.mark.parametrize(
    ("ending", "value"),
    [
        ("", '{"user": "you"}'),
        (":user::", "you"),
        ("::AWSPREVIOUS:", '{"user": "me"}'),
        (":user:AWSPREVIOUS:", "me"),
        (":user::{first}", "me"),
        (":::{first}", '{"user": "me"}'),
    ],
)
def test_a_secret_is_taken_whole_or_in_part_and_in_any_version(
    shop: Lab, ending: str, value: str
) -> None:
    """valueFrom is arn:json-key:version-stage:version-id, each part of which may be empty."""
    arn = secret(shop, '{"user": "me"}')
    manager = shop.client("secretsmanager")
    first = manager.get_secret_value(SecretId=arn)["VersionId"]
    manager.put_secret_value(SecretId=arn, SecretString='{"user": "you"}')
    wanted = [{"name": "DB", "valueFrom": arn + ending.format(first=first)}]
    assert environment(shop, run(shop, secrets=wanted))["DB"] == value


@pytest.mark.parametrize("fargate", [True, False])
@pytest.mark.parametrize("kind", ["String", "SecureString"])
@pytest.mark.parametrize("by_arn", [True, False])
def test_a_parameter_is_taken_by_name_or_arn(
    shop: Lab, kind: str, by_arn: bool, fargate: bool
) -> None:
    """Parameter Store's values, decrypted."""
    if not fargate:
        instance(shop)
    shop.client("ssm").put_parameter(Name="/shop/db", Value="hush", Type=kind)
    name = "arn:aws:ssm:us-east-1:123456789012:parameter/shop/db" if by_arn else "/shop/db"
    arn = run(shop, fargate=fargate, secrets=[{"name": "DB", "valueFrom": name}])
    assert environment(shop, arn)["DB"] == "hush"


@pytest.mark.parametrize(
    ("text", "ending", "cause"),
    [
        ("{}", ":user::", "retrieved secret from Secrets Manager did not contain json key user"),
        ("plain", ":user::", "invalid character 'p' looking for beginning of value"),
        (
            "{}",
            "::GONE:",
            "Secrets Manager can't find the specified secret value for staging label: GONE",
        ),
    ],
)
def test_a_part_or_version_that_is_not_there_stops_the_task(
    shop: Lab, text: str, ending: str, cause: str
) -> None:
    """The reason names the key or the version."""
    arn = run(shop, secrets=[{"name": "DB", "valueFrom": secret(shop, text) + ending}])
    status, code, reason = became(shop, arn)
    assert (status, code) == FAILED
    assert cause in reason


@pytest.mark.parametrize(
    ("fargate", "text"),
    [
        (True, "service call has been retried 1 time(s): invalid ssm parameters: /no"),
        (False, "from SSM Parameter Store in us-east-1: invalid parameters: /no"),
    ],
)
def test_a_missing_parameter_stops_the_task(shop: Lab, fargate: bool, text: str) -> None:
    """A name in Parameter Store that nobody has put there."""
    if not fargate:
        instance(shop)
    arn = run(shop, fargate=fargate, secrets=[{"name": "DB", "valueFrom": "/no"}])
    status, code, reason = became(shop, arn)
    assert (status, code) == FAILED
    assert reason.endswith(text)


NO_SECRET = {
    True: "failed to fetch secret {arn} from secrets manager: ResourceNotFoundException: ",
    False: "ResourceNotFoundException: The task can't retrieve the secret with ARN '{arn}' from "
    "AWS Secrets Manager. Check whether the secret exists in the specified Region: ",
}


@pytest.mark.parametrize("fargate", [True, False])
def test_a_missing_secret_stops_the_task(shop: Lab, fargate: bool) -> None:
    """A secret that is not there, in the words of each agent."""
    if not fargate:
        instance(shop)
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:no-AbCdEf"
    status, code, reason = became(
        shop, run(shop, fargate=fargate, secrets=[{"name": "DB", "valueFrom": arn}])
    )
    assert (status, code) == FAILED
    assert NO_SECRET[fargate].format(arn=arn) in reason
    assert "Secrets Manager can't find the specified secret." in reason


@pytest.mark.parametrize("kind", ["secret", "parameter"])
def test_a_customers_key_has_to_be_allowed_too(shop: Lab, kind: str) -> None:
    """Without kms:Decrypt for it the value stays closed; AWS's own key asks for nothing."""
    key = shop.client("kms").create_key()["KeyMetadata"]["KeyId"]
    if kind == "secret":
        manager = shop.client("secretsmanager")
        made = manager.create_secret(Name="db", SecretString="hush", KmsKeyId=key)
        value_from, refusal = made["ARN"], "Access to KMS is not allowed"
    else:
        ssm = shop.client("ssm")
        ssm.put_parameter(Name="/db", Value="hush", Type="SecureString", KeyId=key)
        value_from, refusal = "/db", "The ciphertext refers to a customer master key"
    reads = ["secretsmanager:GetSecretValue", "ssm:GetParameters", "ecr:*"]
    own = role(shop, "own", reads)
    wanted = {"image": f"{REGISTRY}/tell:1", "secrets": [{"name": "DB", "valueFrom": value_from}]}
    register(shop, wanted, fargate=True, executionRoleArn=own)
    status, code, reason = became(shop, launch(shop, fargate=True))
    assert (status, code) == FAILED
    assert refusal in reason
    more = role(shop, "more", [*reads, "kms:Decrypt"])
    register(shop, wanted, fargate=True, executionRoleArn=more)
    assert environment(shop, launch(shop, fargate=True))["DB"] == "hush"


def test_a_new_value_is_seen_by_new_tasks_only(shop: Lab) -> None:
    """A running task keeps what it started with; a forced deployment sees the new value."""
    arn = secret(shop, "old")
    register(
        shop,
        {"image": f"{REGISTRY}/tell:1", "secrets": [{"name": "DB", "valueFrom": arn}]},
        fargate=True,
        executionRoleArn=EXECUTION,
    )
    ecs, vpc = shop.client("ecs"), {"subnets": list(shop.network.private_subnets)}
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="job",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    shop.settle()
    (old,) = ecs.list_tasks(cluster="shop")["taskArns"]
    shop.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="new")
    shop.wait(300)
    assert ecs.list_tasks(cluster="shop")["taskArns"] == [old]
    assert [json.loads(each.text)["DB"] for each in shop.logs(old)] == ["old"]
    ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
    shop.settle()
    (new,) = ecs.list_tasks(cluster="shop")["taskArns"]
    assert environment(shop, new)["DB"] == "new"


def test_a_deleted_secret_stops_new_tasks_and_leaves_running_ones_alone(shop: Lab) -> None:
    """One marked for deletion is refused as well."""
    arn = secret(shop)
    running = run(shop, secrets=[{"name": "DB", "valueFrom": arn}])
    shop.wait(60)
    shop.client("secretsmanager").delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    status, code, reason = became(shop, launch(shop, fargate=True))
    assert (status, code) == FAILED
    assert "because it was marked for deletion" in reason
    assert became(shop, running) == ("RUNNING", "", "")


@pytest.mark.parametrize("fargate", [True, False])
def test_environment_files_and_what_counts_more(shop: Lab, fargate: bool) -> None:
    """Of two files the first counts, the definition's own variables count more than files, and on
    Fargate a blank variable of a file is not there.
    """
    if not fargate:
        instance(shop)
    s3 = shop.client("s3")
    s3.create_bucket(Bucket="shop-files")
    s3.put_object(Bucket="shop-files", Key="a.env", Body=b"# one\nA=1\nQ='x y'\nBLANK=\nOWN=file\n")
    s3.put_object(Bucket="shop-files", Key="b.env", Body=b"A=2\nB=2\n")
    arn = run(
        shop,
        fargate=fargate,
        environment=[{"name": "OWN", "value": "definition"}],
        environmentFiles=[
            {"type": "s3", "value": f"arn:aws:s3:::shop-files/{each}.env"} for each in "ab"
        ],
    )
    found = environment(shop, arn)
    wanted = {"A": "1", "B": "2", "Q": "'x y'", "OWN": "definition"}
    assert {key: found[key] for key in wanted} == wanted
    assert ("BLANK" in found) is not fargate


def test_a_missing_environment_file_stops_the_task(shop: Lab) -> None:
    """Who may list the bucket is told that the file is missing; who may not is just refused."""
    shop.client("s3").create_bucket(Bucket="shop-files")
    files = [{"type": "s3", "value": "arn:aws:s3:::shop-files/no.env"}]
    _, _, reason = became(shop, run(shop, environmentFiles=files))
    assert "NoSuchKey: The specified key does not exist." in reason
    own = role(shop, "own", ["s3:GetObject", "s3:GetBucketLocation"])
    register(shop, {"environmentFiles": files}, fargate=True, executionRoleArn=own)
    _, _, reason = became(shop, launch(shop, fargate=True))
    assert "AccessDenied: Access Denied" in reason


def test_secret_options_reach_the_log_driver(shop: Lab) -> None:
    """A secret that a log driver wants is fetched too: without it the task does not start."""
    logging = {
        "logDriver": "splunk",
        "options": {"splunk-url": "https://splunk.example.com:8088"},
        "secretOptions": [{"name": "splunk-token", "valueFrom": "/splunk/token"}],
    }
    status, code, reason = became(shop, run(shop, logConfiguration=logging))
    assert (status, code) == FAILED
    assert "invalid ssm parameters: /splunk/token" in reason
    shop.client("ssm").put_parameter(Name="/splunk/token", Value="t", Type="SecureString")
    assert became(shop, launch(shop, fargate=True)) == ("RUNNING", "", "")
