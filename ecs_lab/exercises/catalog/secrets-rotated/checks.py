"""Checks of secrets-rotated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import fargate_task, running_tasks, service, service_runs, variable
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

DEPLOY_S = 900
"""Longer than a rolling deployment of two tasks takes."""

SECRETS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html"


def password(lab: Lab) -> str:
    """What a new task of the service's task definition finds in DB_PASSWORD."""
    named = (service(lab, variant.cluster, "web") or {})["taskDefinition"]
    task = fargate_task(lab, variant.cluster, named)
    if task["lastStatus"] != "RUNNING":
        return str(task.get("stoppedReason"))
    return variable(lab, task, "DB_PASSWORD")


@check("Tasks of web start with the password of today", points=2)
def current(lab: Lab) -> Verdict:
    """The check starts a task of the same revision and looks inside."""
    if service(lab, variant.cluster, "web") is None:
        return missed(expected=f"the service web in {variant.cluster}", found="no such service")
    found = password(lab)
    if found == variant.tea.new:
        return passed
    return missed(
        expected=variant.tea.new,
        found=found or "no DB_PASSWORD",
        why="The tasks are new. What they ask for is not.",
        see=SECRETS,
    )


@check("The service web has two tasks running, all of one revision", needs="current")
def two_running(lab: Lab) -> Verdict:
    """Two tasks of the service's own task definition are RUNNING."""
    lab.wait(DEPLOY_S)
    verdict = service_runs(lab, variant.cluster, "web", 2, "FARGATE")
    if verdict is not passed:
        return verdict
    wanted = (service(lab, variant.cluster, "web") or {})["taskDefinition"]
    tasks = running_tasks(lab, variant.cluster, "web")
    if all(task["taskDefinitionArn"] == wanted for task in tasks):
        return passed
    return missed(
        expected=f"two tasks of {wanted.rpartition('/')[2]}",
        found=", ".join(task["taskDefinitionArn"].rpartition("/")[2] for task in tasks),
        why="New tasks have to start before the old ones go; when they do not, look at why.",
    )


@check("After the next rotation a new deployment is enough", points=2, needs="current")
def next_rotation(lab: Lab) -> Verdict:
    """The check rotates the secret again, and starts a task of the same revision."""
    lab.client("secretsmanager").put_secret_value(
        SecretId=f"{variant.cluster}/db",
        SecretString=json.dumps({"password": variant.tea.next}),
    )
    found = password(lab)
    if found == variant.tea.next:
        return passed
    return missed(
        expected=f"{variant.tea.next}, which the check has put into the secret",
        found=found,
        why="A version id names one version forever; a staging label moves on.",
        see=SECRETS,
    )
