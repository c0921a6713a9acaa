"""FireLens: lines go through the task's log router, with the task role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starting import REGISTRY, allow, became, launch, role

if TYPE_CHECKING:
    from ecs_lab import Lab
    from ecs_lab.runtime.inside import Inside

LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
CLOUDWATCH = {
    "Name": "cloudwatch_logs",
    "region": "us-east-1",
    "log_group_name": "/shop",
    "log_stream_prefix": "web-",
}


def talk(container: Inside) -> None:
    """A script that writes two lines and runs on."""
    container.print("one")
    container.print("two")
    container.sleep(100_000)


@pytest.fixture
def shop(lab: Lab) -> Lab:
    """A lab with the cluster shop and an image that writes."""
    lab.client("ecs").create_cluster(clusterName="shop")
    lab.registry.push("talk:1", script=talk)
    return lab


def run(lab: Lab, to: dict[str, str], allows: tuple[str, ...], **router: Any) -> tuple[str, str]:
    """Run a task whose container logs by FireLens; gives its ARN and the role's name."""
    task_role = role(lab, "app", allows)
    lab.client("ecs").register_task_definition(
        family="job",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        taskRoleArn=task_role,
        executionRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        containerDefinitions=[
            {
                "name": "job",
                "image": f"{REGISTRY}/talk:1",
                "logConfiguration": {"logDriver": "awsfirelens", "options": to},
            },
            {
                "name": "router",
                "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
                "firelensConfiguration": {"type": "fluentbit", **router},
            },
        ],
    )
    arn = launch(lab, fargate=True)
    assert became(lab, arn, 60) == ("RUNNING", "", "")
    return arn, "app"


def messages(lab: Lab, stream: str) -> list[str]:
    """The messages of a stream of /shop."""
    found = lab.client("logs").get_log_events(logGroupName="/shop", logStreamName=stream)
    return [each["message"] for each in found["events"]]


def test_lines_reach_cloudwatch_logs_with_what_ecs_knows(shop: Lab) -> None:
    """The router starts first, and adds cluster, task and task definition to each line."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    arn, _ = run(shop, CLOUDWATCH, LOGS)
    found = [json.loads(each) for each in messages(shop, f"web-job-firelens-{arn[-32:]}")]
    assert [each["log"] for each in found] == ["one", "two"]
    assert found[0]["ecs_cluster"] == "shop"
    assert found[0]["ecs_task_arn"] == arn
    assert found[0]["ecs_task_definition"] == "job:1"


def test_metadata_and_lines_can_be_left_out(shop: Lab) -> None:
    """enable-ecs-log-metadata=false, and exclude-pattern."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    options = {**CLOUDWATCH, "exclude-pattern": "^two"}
    arn, _ = run(shop, options, LOGS, options={"enable-ecs-log-metadata": "false"})
    (line,) = (json.loads(each) for each in messages(shop, f"web-job-firelens-{arn[-32:]}"))
    assert line["log"] == "one"
    assert "ecs_cluster" not in line


def test_the_task_role_sends_and_the_router_complains_without_it(shop: Lab) -> None:
    """The task runs although its role may not: the lines are missing, the router's log says why."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    arn, name = run(shop, CLOUDWATCH, ())
    assert shop.client("logs").describe_log_streams(logGroupName="/shop")["logStreams"] == []
    complaint = shop.logs(arn, "router")[0].text
    assert ":assumed-role/app/" in complaint
    assert "is not authorized to perform: logs:CreateLogStream" in complaint
    allow(shop, name, LOGS)
    again = launch(shop, fargate=True)
    shop.wait(60)
    assert len(messages(shop, f"web-job-firelens-{again[-32:]}")) == 2


def test_lines_reach_s3(shop: Lab) -> None:
    """One object for the lines of a minute."""
    s3 = shop.client("s3")
    s3.create_bucket(Bucket="shop-logs")
    run(shop, {"Name": "s3", "bucket": "shop-logs", "log_key": "log"}, ("s3:PutObject",))
    (key,) = [each["Key"] for each in s3.list_objects_v2(Bucket="shop-logs")["Contents"]]
    body = s3.get_object(Bucket="shop-logs", Key=key)["Body"].read()
    assert body == b"one\ntwo\n"


def test_lines_reach_firehose(shop: Lab) -> None:
    """Firehose brings the records to its bucket."""
    s3 = shop.client("s3")
    s3.create_bucket(Bucket="shop-logs")
    shop.client("firehose").create_delivery_stream(
        DeliveryStreamName="shop",
        ExtendedS3DestinationConfiguration={
            "RoleARN": role(shop, "firehose", ["s3:*"], service="firehose.amazonaws.com"),
            "BucketARN": "arn:aws:s3:::shop-logs",
        },
    )
    options = {"Name": "firehose", "delivery_stream": "shop", "log_key": "log"}
    run(shop, options, ("firehose:PutRecordBatch",))
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket="shop-logs")["Contents"]]
    bodies = [s3.get_object(Bucket="shop-logs", Key=each)["Body"].read() for each in keys]
    assert sorted(bodies) == [b"one\n", b"two\n"]
