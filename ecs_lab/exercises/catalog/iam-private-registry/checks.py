"""Checks of iam-private-registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import START_S, Shape
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html"


def definition(lab: Lab) -> Shape:
    """The newest revision of the family web."""
    found = lab.client("ecs").describe_task_definition(taskDefinition="web")
    return dict(found["taskDefinition"])


def login(lab: Lab) -> tuple[str, str]:
    """The id of the secret that the container with the image names, and its text; "" for none."""
    for each in definition(lab)["containerDefinitions"]:
        named = each.get("repositoryCredentials", {}).get("credentialsParameter", "")
        if each["image"] == variant.hub.image and named:
            found = lab.client("secretsmanager").get_secret_value(SecretId=named)
            return named, str(found["SecretString"])
    return "", ""


def reads(lab: Lab, role_arn: str, secret: str) -> bool:
    """Whether a role reads a secret."""
    with lab.acting_as(role_arn.rpartition("/")[2]):
        secrets = lab.client("secretsmanager")
    try:
        secrets.get_secret_value(SecretId=secret)
    except ClientError:
        return False
    return True


@check("A task of the family web starts with the image", points=2)
def starts(lab: Lab) -> Verdict:
    """The check runs a task of the newest revision on Fargate, and waits."""
    ecs = lab.client("ecs")
    network = {"awsvpcConfiguration": {"subnets": list(lab.network.private_subnets)}}
    answer = ecs.run_task(
        cluster=variant.cluster,
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=network,
    )
    lab.wait(START_S)
    arn = answer["tasks"][0]["taskArn"]
    (task,) = ecs.describe_tasks(cluster=variant.cluster, tasks=[arn])["tasks"]
    images = [each["image"] for each in task["containers"]]
    if task["lastStatus"] == "RUNNING" and variant.hub.image in images:
        return passed
    return missed(
        expected=f"RUNNING, with {variant.hub.image}",
        found=f"{task['lastStatus']}, {', '.join(images)}: {task.get('stoppedReason', '')}",
        why="The reason says which role has asked, and for what.",
        see=GUIDE,
    )


@check("It logs in with the user name and password of the registry", points=2, needs="starts")
def logs_in(lab: Lab) -> Verdict:
    """The secret that the container names holds both; the task definition has neither in it."""
    name, text = login(lab)
    wanted = {"username": variant.hub.user, "password": variant.hub.password}
    readable = variant.hub.password in json.dumps(definition(lab), default=str)
    if name and json.loads(text) == wanted and not readable:
        return passed
    return missed(
        expected="a secret with username and password, named by the container",
        found=(f"a secret with {text}" if name else "no secret named for this image")
        + ("; the password stands in the task definition" if readable else ""),
        why="A registry outside AWS lets nobody pull a private image without its login.",
        see=GUIDE,
    )


@check("The execution role reads no other secret", needs="logs_in")
def no_other_secret(lab: Lab) -> Verdict:
    """The check makes another secret, and tries to read it as the execution role."""
    lab.client("secretsmanager").create_secret(Name="payroll", SecretString="hush")
    if not reads(lab, definition(lab)["executionRoleArn"], "payroll"):
        return passed
    return missed(
        expected="AccessDenied for the secret payroll, which the check has made",
        found="its value",
        why="The resource of a statement can be the ARN of one secret.",
        see=GUIDE,
    )


@check("The code in the task cannot read the login", needs="logs_in")
def code_reads_none(lab: Lab) -> Verdict:
    """The check tries as the task role, if the revision names one."""
    role = definition(lab).get("taskRoleArn")
    if not role or not reads(lab, role, login(lab)[0]):
        return passed
    return missed(
        expected="AccessDenied for the task role",
        found="user name and password",
        why="The agent has logged in before the code runs. The code has no use for the login.",
        see=GUIDE,
    )
