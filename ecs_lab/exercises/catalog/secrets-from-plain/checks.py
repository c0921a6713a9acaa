"""Checks of secrets-from-plain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import (
    Shape,
    fargate_task,
    running_tasks,
    service,
    service_runs,
    variable,
)
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

DEPLOY_S = 900
"""Longer than a rolling deployment of two tasks takes."""

EXECUTION = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"
)


def definition(lab: Lab) -> Shape:
    """The task definition that the service names."""
    named = (service(lab, variant.shop.name, "web") or {})["taskDefinition"]
    found: Shape = lab.client("ecs").describe_task_definition(taskDefinition=named)
    return dict(found["taskDefinition"])


@check("The service web has two tasks running, all of one revision", points=2)
def two_running(lab: Lab) -> Verdict:
    """Two tasks of the service's task definition are RUNNING after a quarter of an hour."""
    lab.wait(DEPLOY_S)
    verdict = service_runs(lab, variant.shop.name, "web", 2, "FARGATE")
    if verdict is not passed:
        return verdict
    wanted = definition(lab)["taskDefinitionArn"]
    others = [
        task["taskDefinitionArn"].rpartition("/")[2]
        for task in running_tasks(lab, variant.shop.name, "web")
        if task["taskDefinitionArn"] != wanted
    ]
    if not others:
        return passed
    return missed(
        expected=f"two tasks of {wanted.rpartition('/')[2]}",
        found=f"still running: {', '.join(others)}",
        why="New tasks have to start before the old ones go; when they do not, look at why.",
    )


@check("The task definition names the password, and does not have it", points=2,
       needs="two_running")  # fmt: skip
def by_reference(lab: Lab) -> Verdict:
    """The text of the service's task definition is searched for the password."""
    found = definition(lab)
    names = [
        each["name"] for one in found["containerDefinitions"] for each in one.get("secrets", [])
    ]
    readable = variant.shop.password in json.dumps(found, default=str)
    if "DB_PASSWORD" in names and not readable:
        return passed
    return missed(
        expected="DB_PASSWORD in secrets, and its text nowhere",
        found=f"in secrets: {', '.join(names) or 'nothing'}; the text can"
        f"{'' if readable else 'not'} be read",
        why="Whoever may describe a task definition reads all that is in it.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html",
    )


@check("A container finds the password in DB_PASSWORD", needs="by_reference")
def has_password(lab: Lab) -> Verdict:
    """The check starts a task of the same revision and looks inside."""
    task = fargate_task(lab, variant.shop.name, definition(lab)["taskDefinitionArn"])
    if task["lastStatus"] != "RUNNING":
        return missed(expected="a new task starts", found=task.get("stoppedReason", ""))
    value = variable(lab, task, "DB_PASSWORD")
    if value == variant.shop.password:
        return passed
    return missed(
        expected=variant.shop.password,
        found=value or "no such variable",
        why="A secret in JSON is injected whole, unless the reference goes on with a key.",
    )


@check("The execution role reads no other secret and no other parameter", needs="by_reference")
def nothing_else(lab: Lab) -> Verdict:
    """The check makes one of each, and asks IAM's simulator."""
    secret = lab.client("secretsmanager").create_secret(Name="payroll", SecretString="hush")["ARN"]
    parameter = secret.replace(":secretsmanager:", ":ssm:").partition(":secret:")[0]
    found = []
    for action, resource in (
        ("secretsmanager:GetSecretValue", secret),
        ("ssm:GetParameters", f"{parameter}:parameter/payroll"),
    ):
        asked = lab.client("iam").simulate_principal_policy(
            PolicySourceArn=definition(lab)["executionRoleArn"],
            ActionNames=[action],
            ResourceArns=[resource],
        )
        if asked["EvaluationResults"][0]["EvalDecision"] == "allowed":
            found.append(f"{action} on {resource.rpartition(':')[2]}")
    if not found:
        return passed
    return missed(
        expected="the execution role may read what the service needs, and nothing else",
        found="; ".join(found),
        why="The resource of a statement can be the ARN of one secret.",
        see=EXECUTION,
    )
