"""Where the output of containers goes: awslogs into CloudWatch Logs, and the lab's own copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starting import became, described, instance, launch, register, role

if TYPE_CHECKING:
    from ecs_lab import Lab
    from ecs_lab.runtime.inside import Inside

RUNNING = ("RUNNING", "", "")
EXECUTION = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
OPTIONS = {
    "awslogs-region": "us-east-1",
    "awslogs-group": "/shop",
    "awslogs-stream-prefix": "web",
}


def chatter(container: Inside) -> None:
    """A script that writes what LINES says, one line a |, and ends."""
    for line in container.environment["LINES"].split("|"):
        container.print(line)


@pytest.fixture
def shop(lab: Lab) -> Lab:
    """A lab with the cluster shop and an image that writes."""
    lab.client("ecs").create_cluster(clusterName="shop")
    lab.registry.push("chatter:1", script=chatter)
    return lab


def container(lines: str, options: dict[str, str] | None = None) -> dict[str, Any]:
    """A container that writes these lines and logs with awslogs, or as Docker does by itself."""
    found: dict[str, Any] = {
        "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/chatter:1",
        "environment": [{"name": "LINES", "value": lines}],
    }
    if options is not None:
        found["logConfiguration"] = {"logDriver": "awslogs", "options": options}
    return found


def events(lab: Any, group: str = "/shop", region: str = "us-east-1") -> dict[str, list[str]]:
    """The messages of a log group, by stream."""
    logs = lab.client("logs", region_name=region)
    names = [
        s["logStreamName"] for s in logs.describe_log_streams(logGroupName=group)["logStreams"]
    ]
    return {
        name: [
            each["message"]
            for each in logs.get_log_events(logGroupName=group, logStreamName=name)["events"]
        ]
        for name in names
    }


@pytest.mark.parametrize("fargate", [True, False])
def test_awslogs_writes_to_a_stream_named_prefix_container_task(shop: Lab, fargate: bool) -> None:
    """The stream is prefix/container/task on both launch types."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    if not fargate:
        instance(shop)
    register(shop, container("one|two", OPTIONS), fargate=fargate, executionRoleArn=EXECUTION)
    arn = launch(shop, fargate=fargate)
    became(shop, arn)
    assert events(shop) == {f"web/job/{arn.rpartition('/')[2]}": ["one", "two"]}


def test_without_a_prefix_the_stream_is_named_after_the_docker_container(shop: Lab) -> None:
    """On EC2 the prefix may be left out."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    instance(shop)
    options = {key: value for key, value in OPTIONS.items() if "prefix" not in key}
    register(shop, container("one", options), fargate=False, executionRoleArn=EXECUTION)
    arn = launch(shop, fargate=False)
    became(shop, arn)
    runtime_id = described(shop, arn)["containers"][0]["runtimeId"]
    assert events(shop) == {runtime_id: ["one"]}


NO_GROUP = {
    True: "ResourceInitializationError: failed to validate logger args: create stream has been "
    "retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The "
    "specified log group does not exist. status code: 400, request id: ",
    False: "CannotStartContainerError: Error response from daemon: failed to initialize logging "
    "driver: failed to create Cloudwatch log stream: operation error CloudWatch Logs: "
    "CreateLogStream, https response error StatusCode: 400, RequestID: ",
}


@pytest.mark.parametrize("fargate", [True, False])
def test_a_missing_log_group_stops_the_task(shop: Lab, fargate: bool) -> None:
    """Each launch type has its own words for it; on EC2 they are the container's reason."""
    if not fargate:
        instance(shop)
    register(shop, container("one", OPTIONS), fargate=fargate, executionRoleArn=EXECUTION)
    arn = launch(shop, fargate=fargate)
    status, code, reason = became(shop, arn)
    assert (status, code) == ("STOPPED", "TaskFailedToStart")
    assert reason.startswith(NO_GROUP[fargate])
    task = described(shop, arn)
    assert (task["stoppedReason"] == "Task failed to start") is not fargate


def test_create_group_needs_its_own_permission(shop: Lab) -> None:
    """awslogs-create-group makes the group with logs:CreateLogGroup, which the managed policy of
    the execution role does not have.
    """
    options = {**OPTIONS, "awslogs-create-group": "true"}
    register(shop, container("one", options), fargate=True, executionRoleArn=EXECUTION)
    status, _, reason = became(shop, launch(shop, fargate=True))
    assert status == "STOPPED"
    assert "create group has been retried 1 times: failed to create Cloudwatch log group" in reason
    assert "is not authorized to perform: logs:CreateLogGroup on resource" in reason
    own = role(shop, "own", ["ecr:*", "logs:*"])
    register(shop, container("one", options), fargate=True, executionRoleArn=own)
    became(shop, launch(shop, fargate=True))
    assert list(events(shop).values()) == [["one"]]


def test_the_region_of_the_group_is_an_option(shop: Lab) -> None:
    """Logs of all Regions may go to one."""
    shop.client("logs", region_name="eu-west-1").create_log_group(logGroupName="/shop")
    options = {**OPTIONS, "awslogs-region": "eu-west-1"}
    register(shop, container("one", options), fargate=True, executionRoleArn=EXECUTION)
    became(shop, launch(shop, fargate=True))
    assert list(events(shop, region="eu-west-1").values()) == [["one"]]


@pytest.mark.parametrize(
    ("option", "value", "lines"),
    [
        ("awslogs-multiline-pattern", "^ERROR", "ERROR a|  at b|  at c|ERROR d"),
        ("awslogs-datetime-format", "%Y-%m-%d", "2026-01-05 a|  at b|  at c|2026-01-05 d"),
    ],
)
def test_lines_that_do_not_begin_a_message_belong_to_the_one_before(
    shop: Lab, option: str, value: str, lines: str
) -> None:
    """A stack trace stays one event."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    options = {**OPTIONS, option: value, "mode": "non-blocking", "max-buffer-size": "25m"}
    register(shop, container(lines, options), fargate=True, executionRoleArn=EXECUTION)
    became(shop, launch(shop, fargate=True))
    first, second, third, last = lines.split("|")
    assert list(events(shop).values()) == [[f"{first}\n{second}\n{third}", last]]


@pytest.mark.parametrize("driver", ["json-file", "none", "awslogs"])
def test_the_lab_shows_the_output_whatever_the_driver(shop: Lab, driver: str) -> None:
    """lab.logs gives the lines with their times, also after the task has stopped."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    instance(shop)
    job = container("one|two", OPTIONS if driver == "awslogs" else None)
    if driver != "awslogs":
        job["logConfiguration"] = {"logDriver": driver}
    register(shop, job, fargate=False, executionRoleArn=EXECUTION)
    arn = launch(shop, fargate=False)
    became(shop, arn)
    lines = shop.logs(arn)
    assert [(each.container, each.text) for each in lines] == [("job", "one"), ("job", "two")]
    assert lines == shop.logs(arn.rpartition("/")[2], "job")
    assert lines[0].at == described(shop, arn)["startedAt"]


def test_logs_of_what_is_not_there_are_refused(shop: Lab) -> None:
    """The error says what there is."""
    with pytest.raises(ValueError, match="There is no task 'nobody' in this lab"):
        shop.logs("nobody")
    register(shop, {}, fargate=True)
    arn = launch(shop, fargate=True)
    with pytest.raises(ValueError, match="The task has no container 'web'; it has: job"):
        shop.logs(arn, "web")


def test_a_copied_lab_goes_on_writing_to_its_own_streams(shop: Lab) -> None:
    """What a copy's containers write does not show in the lab it was copied from."""
    shop.client("logs").create_log_group(logGroupName="/shop")
    register(shop, container("one", OPTIONS), fargate=True, executionRoleArn=EXECUTION)
    launch(shop, fargate=True)
    with shop.copy() as copy:
        copy.wait(120)
        assert list(events(copy).values()) == [["one"]]
    assert events(shop) == {}
