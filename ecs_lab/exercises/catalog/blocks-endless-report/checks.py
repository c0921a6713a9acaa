"""Checks of blocks-endless-report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300
HALF_AN_HOUR_S = 1800


def reports(lab: Lab) -> list[Shape]:
    """The tasks of the cluster that have a container named report, running and stopped."""
    ecs = lab.client("ecs")
    arns: list[str] = []
    for status in ("RUNNING", "STOPPED"):
        arns += ecs.list_tasks(cluster=variant.cluster, desiredStatus=status)["taskArns"]
    tasks = ecs.describe_tasks(cluster=variant.cluster, tasks=arns)["tasks"] if arns else []
    return [task for task in tasks if any(each["name"] == "report" for each in task["containers"])]


def month(lab: Lab, task: Shape) -> str:
    """The value of MONTH that the report of a task saw: the override's, else the definition's."""
    answer = lab.client("ecs").describe_task_definition(taskDefinition=task["taskDefinitionArn"])
    seen = ""
    for containers in (
        answer["taskDefinition"]["containerDefinitions"],
        task["overrides"].get("containerOverrides", []),
    ):
        for each in containers:
            if each["name"] == "report":
                given = {one["name"]: one["value"] for one in each.get("environment", [])}
                seen = given.get("MONTH", seen)
    return seen


@check("No report starts by itself any more", points=2)
def quiet(lab: Lab) -> Verdict:
    """In half an hour no task with the report is started."""
    lab.wait(FIVE_MINUTES_S)
    before = {task["taskArn"] for task in reports(lab)}
    lab.wait(HALF_AN_HOUR_S)
    new = [task for task in reports(lab) if task["taskArn"] not in before]
    if not new:
        return passed
    return missed(
        expected="no new report in half an hour",
        found=f"{len(new)} new ones, of {new[0]['group']}",
        why="The group of a task says who started it; a service replaces each task that ends.",
    )


@check("The service web has its two tasks", needs="quiet")
def web_runs(lab: Lab) -> Verdict:
    """The repair left the other service alone."""
    lab.wait(FIVE_MINUTES_S)
    return service_runs(lab, variant.cluster, "web", 2, "FARGATE")


@check(
    "A standalone report for the right month has ended with exit code 0", points=2, needs="quiet"
)
def report_ran(lab: Lab) -> Verdict:
    """A stopped task that no service started shows the month and the exit code."""
    lab.wait(FIVE_MINUTES_S)
    alone = [task for task in reports(lab) if not task["group"].startswith("service:")]
    ended = [
        (month(lab, task), each.get("exitCode"))
        for task in alone
        for each in task["containers"]
        if each["name"] == "report" and task["lastStatus"] == "STOPPED"
    ]
    if (variant.month, 0) in ended:
        return passed
    return missed(
        expected=f"a stopped standalone task, MONTH {variant.month}, exit code 0",
        found=f"standalone reports that ended, by month and exit code: {ended}",
        why="What one run does otherwise than its task definition is said in the call.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html",
    )
