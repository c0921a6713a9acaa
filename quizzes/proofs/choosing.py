"""Proofs of the questions on choosing among services."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ecs_lab.exercises import clinic
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

BUSYBOX = "public.ecr.aws/docker/library/busybox:1.37"
RUN = ("ecs:RunTask", "iam:PassRole")
DAY_S = 24 * 3600
SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


def job(lab: ProofLab, command: str = "echo done") -> None:
    """The cluster shop, and the task definition job on Fargate."""
    scene.cluster(lab)
    done = scene.container("job", image=BUSYBOX, command=["sh", "-c", command])
    scene.fargate_definition(lab, done, family="job")


def target(lab: ProofLab, role: str, **changes: Any) -> dict[str, Any]:
    """A schedule's target that runs a job."""
    arn = f"arn:aws:ecs:{lab.region}:123456789012"
    inside = {"Subnets": lab.network.private_subnets}
    parameters = {
        "TaskDefinitionArn": f"{arn}:task-definition/job",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"awsvpcConfiguration": inside},
    } | changes
    return {"Arn": f"{arn}:cluster/shop", "RoleArn": role, "EcsParameters": scene.given(parameters)}


def schedule(lab: ProofLab, name: str, expression: str, to: dict[str, Any], **more: Any) -> None:
    """A schedule of EventBridge Scheduler without a flexible time window."""
    lab.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=to,
        **more,
    )


def started(lab: ProofLab, name: str = "") -> list[datetime]:
    """When tasks of the last hour were made, all or those of one schedule or service."""
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster="shop")["taskArns"]
    arns += ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    found = ecs.describe_tasks(cluster="shop", tasks=arns[:100])["tasks"] if arns else []
    return [each["createdAt"] for each in found if name in each["startedBy"] + each["group"]]


def until(lab: ProofLab, moment: datetime) -> None:
    """Let time pass until a moment."""
    lab.wait((moment - lab.now).total_seconds())


@proof
def night_in_local_time(lab: ProofLab, option: Options) -> None:
    """All four at once; look at the hour of 02:30 in Berlin in winter, then in summer."""
    berlin = ZoneInfo("Europe/Berlin")
    job(lab)
    role = clinic.role(lab, "night", RUN, "scheduler")
    zone = {"ScheduleExpressionTimezone": "Europe/Berlin"}
    schedule(lab, "zone", "cron(30 2 * * ? *)", target(lab, role), **zone)
    first = datetime(2026, 1, 6, 2, 30, tzinfo=berlin)
    schedule(lab, "rate", "rate(24 hours)", target(lab, role), StartDate=first)
    right = {"zone": True, "rate": True}
    for moment in (first, SUMMER.astimezone(berlin).replace(hour=2, minute=30)):
        until(lab, moment)
        lab.wait(1800)
        for name in right:
            right[name] &= started(lab, name) == [moment]
    option("An EventBridge Scheduler schedule in a time zone").holds_if(
        right["zone"], "a report at 02:30 in winter and in summer"
    )
    option("An EventBridge Scheduler schedule of rate").holds_if(
        right["rate"], "in summer not at 02:30 of the clock"
    )
    scene.service(lab, "job", 1, serviceName="again", launchType="FARGATE")
    lab.wait(1800)
    often = len(started(lab, "again"))
    option("An ECS service of one").holds_if(often == 1, f"{often} tasks in half an hour")


@proof
def schedule_role(lab: ProofLab, option: Options) -> None:
    """The schedule with each of the changes to its role."""
    job(lab)
    roles = {
        "as it is": clinic.role(lab, "start", RUN),
        "A permission for events:PutEvents": clinic.role(lab, "puts", [*RUN, "events:PutEvents"]),
        "Trust in scheduler": clinic.role(lab, "trusted", RUN, "scheduler"),
    }
    for place, role in enumerate(roles.values()):
        at = f"at(2026-01-05T{10 + place}:00:00)"
        schedule(lab, f"role-{place}", at, target(lab, role))
    own = target(lab, roles["as it is"])
    scene.fargate_definition(lab, scene.container("job"), family="job", taskRoleArn="start")
    schedule(lab, "role-3", "at(2026-01-05T13:00:00)", own)
    runs = {}
    for place, text in enumerate([*roles, "The same role as task role"]):
        until(lab, datetime(2026, 1, 5, 10 + place, 20, tzinfo=UTC))
        runs[text] = bool(started(lab, f"role-{place}"))
    assert not runs.pop("as it is"), "with the role as it is, a task starts"
    for text, well in runs.items():
        option(text).holds_if(well, "a task starts" if well else "no task starts")


@proof
def cron_of_weekdays(lab: ProofLab, option: Options) -> None:
    """Try each expression, and look at 06:15 on Tuesday and on Saturday."""
    job(lab)
    role = clinic.role(lab, "night", RUN, "scheduler")
    made = {}
    for place, text in enumerate(option):
        said = scene.refusal(schedule, lab, f"cron-{place}", text, target(lab, role))
        made[text] = said
    ran = {}
    for day in (6, 10):  # Tuesday and Saturday
        at = datetime(2026, 1, day, 6, 15, tzinfo=UTC)
        until(lab, at)
        lab.wait(1200)
        for place, text in enumerate(option):
            ran[text, day] = started(lab, f"cron-{place}") == [at]
    for text in option:
        well = not made[text] and ran[text, 6] and not ran[text, 10]
        option(text).holds_if(well, made[text] or f"06:15 on Tuesday: {ran[text, 6]}")


@proof
def missed_runs(lab: ProofLab, option: Options) -> None:
    """Take the subnets away from a schedule, and see who hears of it."""
    job(lab)
    sqs, logs = lab.client("sqs"), lab.client("logs")
    url = sqs.create_queue(QueueName="missed")["QueueUrl"]
    logs.create_log_group(logGroupName="/shop")
    logged = {"awslogs-group": "/shop", "awslogs-region": "us-east-1"}
    logged["awslogs-stream-prefix"] = "job"
    shown = scene.container("job", logConfiguration={"logDriver": "awslogs", "options": logged})
    scene.fargate_definition(lab, shown, family="job")
    role = clinic.role(lab, "night", [*RUN, "sqs:SendMessage"], "scheduler")
    letters = {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:{lab.region}:123456789012:missed"}}
    broken = target(lab, role, NetworkConfiguration=None) | letters
    schedule(lab, "night", "cron(0 2 * * ? *)", broken)
    lab.wait(DAY_S)
    found = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages", [])
    told = [each["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"] for each in found]
    option("By a dead-letter queue").holds_if(told, told)
    streams = logs.describe_log_streams(logGroupName="/shop")["logStreams"]
    option("By the awslogs driver").holds_if(streams, "no stream, no line")
    option("By a container health check").holds_if(started(lab), "no task")


@proof
def forty_minutes_a_month(lab: ProofLab, option: Options) -> None:
    """A task that works for 40 minutes, by a schedule and in a service."""
    job(lab, "sleep 2400; echo done")
    role = clinic.role(lab, "month", RUN, "scheduler")
    schedule(lab, "month", "cron(0 0 1 * ? *)", target(lab, role))
    until(lab, datetime(2026, 2, 1, 0, 20, tzinfo=UTC))
    at_work = len(scene.tasks(lab, family="job"))
    until(lab, datetime(2026, 2, 1, 1, 0, tzinfo=UTC))
    stopped = scene.tasks(lab, "STOPPED", family="job")
    done = [each for each in stopped if each["containers"][0]["exitCode"] == 0]
    left = len(scene.tasks(lab, family="job"))
    option("A scheduled task on Fargate").holds_if(
        at_work == 1 and len(done) == 1 and not left, f"{len(done)} has ended well, {left} runs on"
    )
    scene.service(lab, "job", 1, serviceName="always", launchType="FARGATE")
    lab.wait(DAY_S)
    left = len(scene.tasks(lab, serviceName="always"))
    option("An ECS service on Fargate").holds_if(not left, f"a day later {left} task runs")


@proof
def three_find_no_room(lab: ProofLab, option: Options) -> None:
    """One t3.small, tasks of 800 MiB; what the call answers, and what runs an hour later."""
    scene.cluster(lab, instances=1)
    big = scene.container("job", image=BUSYBOX, memory=800, command=["sleep", "100000"])
    scene.definition(lab, big, family="job")
    answer = scene.run_task(lab, "job", count=5)
    reasons = [each["reason"] for each in answer["failures"]]
    lab.wait(3600)
    running, waiting = len(scene.tasks(lab)), len(scene.tasks(lab, "PENDING"))
    seen = f"{len(answer['tasks'])} start, {reasons}; an hour later {running} run, {waiting} wait"
    option("They are failures").holds_if(running == 2 and reasons and not waiting, seen)
    option("They wait in PENDING").holds_if(waiting, seen)
    option("They run on Fargate").holds_if(running == 5, seen)
    option("They and the two").holds_if(running == 0, seen)
