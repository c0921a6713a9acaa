"""Checks of clinic-secret-permission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import service
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("The service web keeps its two tasks running", points=3)
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("All its tasks can be started anew", points=2, needs="runs")
def redeploys(lab: Lab) -> Verdict:
    """The check forces a new deployment and waits for its tasks."""
    return clinic.redeploys(lab, variant.cluster)


@check("The role may read this secret, and no other", needs="runs")
def least(lab: Lab) -> Verdict:
    """The check makes another secret, points a revision at it, and sees the task fail."""
    ecs = lab.client("ecs")
    other = lab.client("secretsmanager").create_secret(Name="others/key", SecretString="x")["ARN"]
    definition = ecs.describe_task_definition(
        taskDefinition=(service(lab, variant.cluster, "web") or {})["taskDefinition"]
    )["taskDefinition"]
    container = clinic.web(secrets=[{"name": "PASSWORD", "valueFrom": other}])
    scene.fargate_definition(
        lab, container, family="check", executionRoleArn=definition["executionRoleArn"]
    )
    vpc = scene.network(lab)
    (task,) = ecs.run_task(
        cluster=variant.cluster,
        taskDefinition="check",
        launchType="FARGATE",
        networkConfiguration=vpc,
    )["tasks"]
    lab.wait(clinic.FIVE_MINUTES_S)
    (task,) = ecs.describe_tasks(cluster=variant.cluster, tasks=[task["taskArn"]])["tasks"]
    if task["lastStatus"] == "STOPPED":
        return passed
    return missed(
        expected="a task with another secret does not start",
        found=f"it is {task['lastStatus']}",
        why="Name the secret's ARN as the resource, not *.",
    )
