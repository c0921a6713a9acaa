"""Scheduled tasks: rules and EventBridge Scheduler run ECS tasks in virtual time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ecs_lab.aws.schedule_expression import InvalidExpressionError, first, following

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/shop"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC).timestamp()


def utc(moment: float | None) -> str | None:
    """A moment in a form to read."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("expression", "moment"),
    [
        ("rate(1 minute)", "01-05 12:01"),
        ("rate(2 hours)", "01-05 14:00"),
        ("rate(7 days)", "01-12 12:00"),
        ("cron(0 10 * * ? *)", "01-06 10:00"),
        ("cron(0/15 * * * ? *)", "01-05 12:15"),
        ("cron(15 12 ? * MON-FRI *)", "01-05 12:15"),
        ("cron(0 8 1 * ? *)", "02-01 08:00"),
        ("cron(0 18 L * ? *)", "01-31 18:00"),
        ("cron(0 9 ? * 2#1 *)", "02-02 09:00"),
        ("cron(0 9 3W * ? *)", "02-03 09:00"),
        ("cron(0 0 30 2 ? *)", None),
        ("at(2026-01-05T13:30:00)", "01-05 13:30"),
        ("at(2026-01-05T11:30:00)", None),
    ],
)
def test_each_form_of_expression_comes_round(expression: str, moment: str | None) -> None:
    """rate, cron with AWS's own signs, and at: the next moment after noon of a Monday."""
    assert utc(following(expression, "UTC", NOON)) == moment


def test_cron_follows_the_zones_wall_clock() -> None:
    """09:00 in New York is 14:00 UTC in winter and 13:00 in summer."""
    nine = "cron(0 9 * * ? *)"
    assert utc(following(nine, "America/New_York", NOON)) == "01-05 14:00"
    summer = datetime(2026, 7, 5, 12, tzinfo=UTC).timestamp()
    assert utc(following(nine, "America/New_York", summer)) == "07-05 13:00"
    # 01:30 comes twice on 1 November, the schedule once.
    half_past = "cron(30 1 * * ? *)"
    fall = datetime(2026, 11, 1, 0, tzinfo=UTC).timestamp()
    once = following(half_past, "America/New_York", fall)
    assert once is not None
    assert utc(following(half_past, "America/New_York", once)) == "11-02 06:30"
    again = once + 40 * 60  # 01:10 for the second time
    assert utc(following(half_past, "America/New_York", again)) == "11-02 06:30"
    # There is no 02:30 on 8 March.
    skipped = "cron(30 2 * * ? *)"
    spring = datetime(2026, 3, 8, 0, tzinfo=UTC).timestamp() + 6 * 3600
    assert utc(following(skipped, "America/New_York", spring)) == "03-09 06:30"


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(5 weeks)",
        "cron(0 9 * * *)",
        "cron(0 9 * * * *)",
        "cron(61 9 * * ? *)",
        "at(2026-02-30T00:00:00)",
        "every day",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    """Singular and plural, six fields, one question mark, real dates."""
    with pytest.raises(InvalidExpressionError):
        following(expression, "UTC", NOON)


def test_rate_of_the_scheduler_begins_at_once_or_at_its_start_date() -> None:
    """A rule's rate waits for the first interval."""
    rate = "rate(10 minutes)"
    assert utc(first(rate, "UTC", NOON, start_s=None, at_once=True)) == "01-05 12:00"
    assert utc(first(rate, "UTC", NOON, start_s=NOON + 300, at_once=True)) == "01-05 12:05"
    assert utc(first(rate, "UTC", NOON, start_s=None, at_once=False)) == "01-05 12:10"


def test_cron_does_not_come_round_before_its_start_date() -> None:
    """The start date itself counts."""
    cron = "cron(0 * * * ? *)"
    at_three = NOON + 3 * 3600
    assert utc(first(cron, "UTC", NOON, start_s=at_three, at_once=True)) == "01-05 15:00"


def role(lab: Lab, service: str = "events.amazonaws.com", *, allowed: bool = True) -> str:
    """A role that the service may assume, with the managed policy for running tasks."""
    iam = lab.client("iam")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(RoleName="ecsEventsRole", AssumeRolePolicyDocument=document)
    if allowed:
        policy = "service-role/AmazonEC2ContainerServiceEventsRole"
        iam.attach_role_policy(
            RoleName="ecsEventsRole", PolicyArn=f"arn:aws:iam::aws:policy/{policy}"
        )
    return "arn:aws:iam::123456789012:role/ecsEventsRole"


def parameters(lab: Lab, **changes: Any) -> dict[str, Any]:
    """EcsParameters for a job that ends by itself, and its cluster and definition."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="job",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "job", "image": "busybox", "command": ["true"]}],
    )
    vpc = {
        "Subnets": lab.network.public_subnets,
        "SecurityGroups": [lab.network.security_groups["tasks"]],
        "AssignPublicIp": "ENABLED",
    }
    return {
        "TaskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/job",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"awsvpcConfiguration": vpc},
        **changes,
    }


def put(lab: Lab, when: dict[str, str], role_arn: str, **target: Any) -> None:
    """A rule `nightly` with the cluster as its target."""
    events = lab.client("events")
    events.put_rule(Name="nightly", **when)
    target = {"Id": "1", "Arn": CLUSTER, "RoleArn": role_arn, **target}
    events.put_targets(Rule="nightly", Targets=[target])


def started(lab: Lab) -> list[tuple[str, str]]:
    """When each task of the last hour was made, and by whom."""
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    arns += ecs.list_tasks(cluster="shop")["taskArns"]
    tasks = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []
    return sorted((f"{each['createdAt'].astimezone(UTC):%H:%M:%S}", each["startedBy"])
                  for each in tasks)  # fmt: skip


def undelivered(lab: Lab) -> list[str]:
    """Why events were not delivered, without the target's name."""
    told = [each["what"] for each in lab.timeline() if each["kind"] == "event"]
    return [each.removeprefix(f"not delivered to {CLUSTER}: ") for each in told]


def test_a_rules_cron_runs_a_task(lab: Lab) -> None:
    """At each moment of the schedule a task starts, with startedBy events-rule and the name."""
    put(
        lab,
        {"ScheduleExpression": "cron(0/20 * * * ? *)"},
        role(lab),
        EcsParameters=parameters(lab),
    )
    lab.wait(3600)
    assert started(lab) == [
        ("09:20:00", "events-rule/nightly"),
        ("09:40:00", "events-rule/nightly"),
        ("10:00:00", "events-rule/nightly"),
    ]
    assert undelivered(lab) == []


def test_a_rule_stops_and_goes_on(lab: Lab) -> None:
    """A disabled rule runs nothing; enabled again it counts from there."""
    put(lab, {"ScheduleExpression": "rate(10 minutes)"}, role(lab), EcsParameters=parameters(lab))
    lab.wait(660)
    assert len(started(lab)) == 1
    lab.client("events").disable_rule(Name="nightly")
    lab.wait(1800)
    assert len(started(lab)) == 1
    lab.client("events").enable_rule(Name="nightly")
    lab.wait(660)
    assert len(started(lab)) == 2


def test_an_event_pattern_rule_runs_a_task(lab: Lab) -> None:
    """An event of one task starts another, with overrides from the target's input."""
    given = parameters(lab, TaskCount=2)
    overrides = {"containerOverrides": [{"name": "job", "command": ["echo", "hello"]}]}
    pattern = {"source": ["shop.orders"]}
    put(
        lab,
        {"EventPattern": json.dumps(pattern)},
        role(lab),
        EcsParameters=given,
        Input=json.dumps(overrides),
    )
    entry = {"Source": "shop.orders", "DetailType": "Order", "Detail": "{}"}
    lab.client("events").put_events(Entries=[entry])
    lab.settle()
    assert [each[1] for each in started(lab)] == ["events-rule/nightly"] * 2
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    task = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"][0]
    assert task["overrides"]["containerOverrides"][0]["command"] == ["echo", "hello"]


@pytest.mark.parametrize(
    ("service", "allowed", "why"),
    [
        (
            "ec2.amazonaws.com",
            True,
            (
                "User: events.amazonaws.com is not authorized to perform: sts:AssumeRole "
                "on resource: arn:aws:iam::123456789012:role/ecsEventsRole "
                "because no role trust policy allows the sts:AssumeRole action"
            ),
        ),
        (
            "events.amazonaws.com",
            False,
            (
                "User: arn:aws:iam::123456789012:role/ecsEventsRole is not authorized to perform: "
                "ecs:RunTask on resource: arn:aws:ecs:us-east-1:123456789012:task-definition/job "
                "because no identity-based policy allows the ecs:RunTask action"
            ),
        ),
    ],
)
def test_the_role_has_to_trust_and_to_allow(
    lab: Lab, service: str, allowed: bool, why: str
) -> None:
    """Without trust or permission nothing runs, and the timeline says why."""
    put(
        lab,
        {"ScheduleExpression": "rate(1 minute)"},
        role(lab, service, allowed=allowed),
        EcsParameters=parameters(lab),
    )
    lab.wait(70)
    assert started(lab) == []
    assert undelivered(lab) == [why]


def test_a_task_that_cannot_run_is_told(lab: Lab) -> None:
    """RunTask's own refusal is what the timeline says."""
    given = parameters(lab)
    del given["NetworkConfiguration"]
    put(lab, {"ScheduleExpression": "rate(1 minute)"}, role(lab), EcsParameters=given)
    lab.wait(70)
    assert "Network Configuration must be provided" in undelivered(lab)[0]


def test_a_task_that_finds_no_room_is_told(lab: Lab) -> None:
    """The failure that RunTask answers with is what the timeline says."""
    parameters(lab)
    lab.client("ecs").register_task_definition(
        family="large", containerDefinitions=[{"name": "a", "image": "nginx", "memory": 9000}]
    )
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.public_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n",
    )
    lab.settle()
    arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/large"
    given = {"TaskDefinitionArn": arn, "LaunchType": "EC2"}
    put(lab, {"ScheduleExpression": "rate(1 minute)"}, role(lab), EcsParameters=given)
    lab.wait(62)
    assert undelivered(lab) == ["RESOURCE:MEMORY"]


def test_a_scheduled_rule_hears_no_events(lab: Lab) -> None:
    """A rule with a schedule and no pattern matches no event."""
    put(lab, {"ScheduleExpression": "rate(1 day)"}, role(lab), EcsParameters=parameters(lab))
    entry = {"Source": "shop.orders", "DetailType": "Order", "Detail": "{}"}
    lab.client("events").put_events(Entries=[entry])
    lab.settle()
    assert started(lab) == []


def schedule(lab: Lab, expression: str, **request: Any) -> None:
    """A schedule `report` of EventBridge Scheduler that runs the job."""
    target = {
        "Arn": CLUSTER,
        "RoleArn": role(lab, "scheduler.amazonaws.com"),
        "EcsParameters": parameters(lab),
    }
    request = {"FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target, **request}
    lab.client("scheduler").create_schedule(Name="report", ScheduleExpression=expression, **request)


def test_a_schedule_runs_a_task_in_its_time_zone(lab: Lab) -> None:
    """11:00 in Berlin is 10:00 UTC in January."""
    schedule(lab, "cron(0 11 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin")
    lab.wait(2 * 3600 - 1800)
    assert started(lab) == [("10:00:00", "chronos-schedule/report")]


def test_a_one_time_schedule_runs_once_and_may_be_deleted(lab: Lab) -> None:
    """at() comes round once; ActionAfterCompletion DELETE takes the schedule away."""
    schedule(lab, "at(2026-01-05T09:30:00)", ActionAfterCompletion="DELETE")
    lab.wait(3600)
    assert [each[0] for each in started(lab)] == ["09:30:00"]
    assert lab.client("scheduler").list_schedules()["Schedules"] == []


def test_a_schedule_ends_with_its_end_date(lab: Lab) -> None:
    """A rate begins at once, and not a moment of it lies after the end date."""
    schedule(lab, "rate(10 minutes)", EndDate=datetime(2026, 1, 5, 9, 25, tzinfo=UTC))
    lab.wait(3000)
    assert len(started(lab)) == 3


def test_a_deleted_schedule_runs_no_more(lab: Lab) -> None:
    """Deleting it takes its next moment off the clock."""
    schedule(lab, "cron(30 9 * * ? *)")
    lab.client("scheduler").delete_schedule(Name="report")
    lab.wait(3600)
    assert started(lab) == []


def test_bad_expressions_are_refused_by_the_api(lab: Lab) -> None:
    """PutRule and CreateSchedule answer with ValidationException, and nothing is made."""
    with pytest.raises(ClientError, match="Parameter ScheduleExpression is not valid"):
        lab.client("events").put_rule(Name="r", ScheduleExpression="cron(0 9 * * * *)")
    with pytest.raises(ClientError, match="Parameter ScheduleExpression is not valid"):
        lab.client("events").put_rule(Name="r", ScheduleExpression="at(2026-01-05T09:30:00)")
    with pytest.raises(ClientError, match=r"Invalid Schedule Expression rate\(1 minutes\)"):
        schedule(lab, "rate(1 minutes)")
    assert lab.client("events").list_rules()["Rules"] == []
    assert lab.client("scheduler").list_schedules()["Schedules"] == []


def test_settle_does_not_wait_for_schedules(lab: Lab) -> None:
    """What goes on for ever is in the background."""
    put(lab, {"ScheduleExpression": "rate(5 minutes)"}, role(lab), EcsParameters=parameters(lab))
    before = lab.now
    lab.settle()
    assert (lab.now - before).total_seconds() < 300


def test_a_copy_of_the_lab_runs_its_own_scheduled_tasks(lab: Lab) -> None:
    """What a copy's schedule starts is in the copy alone."""
    put(lab, {"ScheduleExpression": "rate(5 minutes)"}, role(lab), EcsParameters=parameters(lab))
    with lab.copy() as copied:
        copied.wait(320)
        assert (len(started(copied)), started(lab)) == (1, [])


def dead_letters(lab: Lab) -> list[dict[str, str]]:
    """The attributes of the messages in the queue `failed`."""
    sqs = lab.client("sqs")
    url = sqs.get_queue_url(QueueName="failed")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages", [])
    return [
        {name: each["StringValue"] for name, each in message["MessageAttributes"].items()}
        for message in found
    ]


@pytest.mark.parametrize("may_send", [True, False])
def test_a_failed_invocation_goes_to_the_dead_letter_queue(lab: Lab, may_send: bool) -> None:
    """With RunTask's error, if the schedule's role may send messages."""
    lab.client("sqs").create_queue(QueueName="failed")
    queue = "arn:aws:sqs:us-east-1:123456789012:failed"
    given = parameters(lab)
    del given["NetworkConfiguration"]
    arn = role(lab, "scheduler.amazonaws.com")
    if may_send:
        statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        lab.client("iam").put_role_policy(
            RoleName="ecsEventsRole", PolicyName="dead-letters", PolicyDocument=document
        )
    target = {"Arn": CLUSTER, "RoleArn": arn, "EcsParameters": given}
    lab.client("scheduler").create_schedule(
        Name="report",
        ScheduleExpression="at(2026-01-05T09:30:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={**target, "DeadLetterConfig": {"Arn": queue}},
    )
    lab.wait(3600)
    letters = dead_letters(lab)
    assert len(letters) == int(may_send)
    if may_send:
        assert "Network Configuration must be provided" in letters[0]["ERROR_MESSAGE"]
        assert letters[0]["SCHEDULED_TIME"] == "2026-01-05T09:30:00Z"
        assert letters[0]["SCHEDULE_ARN"].endswith(":schedule/default/report")


@pytest.mark.parametrize("allowed", [True, False])
def test_the_role_has_to_pass_the_tasks_roles(lab: Lab, allowed: bool) -> None:
    """A task with an execution role: ecs:RunTask alone is not enough."""
    given, iam = parameters(lab), lab.client("iam")
    lab.client("ecs").register_task_definition(
        family="job",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=lab.roles["ecsTaskExecutionRole"],
        containerDefinitions=[{"name": "job", "image": "busybox", "command": ["true"]}],
    )
    arn = role(lab, allowed=allowed)
    if not allowed:
        statement = {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName="ecsEventsRole", PolicyName="run", PolicyDocument=document)
    put(lab, {"ScheduleExpression": "rate(1 minute)"}, arn, EcsParameters=given)
    lab.wait(70)
    assert len(started(lab)) == int(allowed)
    told = "".join(undelivered(lab))
    assert ("iam:PassRole on resource: " + lab.roles["ecsTaskExecutionRole"] in told) != allowed
