"""Checks of iam-two-roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecs_lab.lab import Lab

START_S = 180
"""Longer than a task takes to start, or to give up."""

EXECUTION = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"
)
TASK = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"


def role(lab: Lab, kind: str) -> str:
    """The name of a role of the family: of its taskRoleArn or executionRoleArn."""
    found = lab.client("ecs").describe_task_definition(taskDefinition=variant.shop.name)[
        "taskDefinition"
    ]
    return str(found.get(kind, "")).rpartition("/")[2]


def allowed(call: Callable[..., Any], **params: Any) -> bool:
    """Whether a call is allowed to whom its client was made for."""
    try:
        call(**params)
    except ClientError as error:
        if error.response["Error"]["Code"].startswith("AccessDenied"):
            return False
        raise
    return True


@check(f"A task of the family {variant.shop.name} starts", points=2)
def starts(lab: Lab) -> Verdict:
    """The check runs a task of the newest revision, and waits."""
    ecs = lab.client("ecs")
    network = {"awsvpcConfiguration": {"subnets": list(lab.network.private_subnets)}}
    answer = ecs.run_task(
        cluster=variant.shop.name,
        taskDefinition=variant.shop.name,
        launchType="FARGATE",
        networkConfiguration=network,
    )
    lab.wait(START_S)
    arn = answer["tasks"][0]["taskArn"]
    (task,) = ecs.describe_tasks(cluster=variant.shop.name, tasks=[arn])["tasks"]
    if task["lastStatus"] == "RUNNING":
        return passed
    return missed(
        expected="RUNNING",
        found=f"{task['lastStatus']}: {task.get('stoppedReason', '')}",
        why="The reason names the role that asked and the action that was refused to it.",
        see=EXECUTION,
    )


@check(f"Its code reads every file of {variant.shop.name}-files", points=2)
def code_reads(lab: Lab) -> Verdict:
    """The check adds a file, and reads it as the task role."""
    lab.client("s3").put_object(
        Bucket=f"{variant.shop.name}-files", Key="new/menu.csv", Body=b"cake,4"
    )
    with lab.acting_as(role(lab, "taskRoleArn")):
        s3 = lab.client("s3")
    if allowed(s3.get_object, Bucket=f"{variant.shop.name}-files", Key="new/menu.csv"):
        return passed
    return missed(
        expected="the task role reads new/menu.csv, which the check has added",
        found="AccessDenied",
        why="The resource of s3:GetObject is the object: the bucket's ARN, a slash and the key.",
        see=TASK,
    )


@check("Its code changes no file and reads no secret", needs="code_reads")
def code_reads_only(lab: Lab) -> Verdict:
    """As the task role the check tries to write, and to read the secret."""
    with lab.acting_as(role(lab, "taskRoleArn")):
        s3, secrets = lab.client("s3"), lab.client("secretsmanager")
    found = []
    if allowed(
        s3.put_object, Bucket=f"{variant.shop.name}-files", Key=variant.shop.file, Body=b"tea,0"
    ):
        found.append("s3:PutObject")
    if allowed(secrets.get_secret_value, SecretId=f"{variant.shop.name}/db"):
        found.append("secretsmanager:GetSecretValue")
    if not found:
        return passed
    return missed(
        expected="the task role may do neither",
        found="it may do " + " and ".join(found),
        why="The agent has fetched the secret already, so the program need not ask for it.",
        see=TASK,
    )


@check("The agent reads none of the files", needs="starts")
def agent_reads_no_files(lab: Lab) -> Verdict:
    """As the execution role the check tries to read a file."""
    with lab.acting_as(role(lab, "executionRoleArn")):
        s3 = lab.client("s3")
    if not allowed(s3.get_object, Bucket=f"{variant.shop.name}-files", Key=variant.shop.file):
        return passed
    return missed(
        expected=f"the execution role may not read {variant.shop.file}",
        found="it may",
        why="The execution role is for what has to be there before the program starts.",
        see=EXECUTION,
    )
