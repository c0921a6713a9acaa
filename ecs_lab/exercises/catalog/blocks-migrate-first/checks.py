"""Checks of blocks-migrate-first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, service, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300
SEE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html"


def start(lab: Lab, command: str) -> str:
    """One more task as the service starts them, whose migration does this; its ARN."""
    store = service(lab, variant.cluster, "store") or {}
    override = {"name": "migrate", "command": ["sh", "-c", command]}
    answer = lab.client("ecs").run_task(
        cluster=variant.cluster,
        taskDefinition=store["taskDefinition"],
        launchType="FARGATE",
        networkConfiguration=store["networkConfiguration"],
        overrides={"containerOverrides": [override]},
    )
    return str(answer["tasks"][0]["taskArn"])


def statuses(lab: Lab, arn: str) -> Shape:
    """The status of a task and of its containers, by name."""
    (task,) = lab.client("ecs").describe_tasks(cluster=variant.cluster, tasks=[arn])["tasks"]
    return {"task": task["lastStatus"]} | {
        each["name"]: each["lastStatus"] for each in task["containers"]
    }


@check("The service store has two tasks running on Fargate", points=2)
def two_running(lab: Lab) -> Verdict:
    """Two tasks are RUNNING, well after their migrations have ended."""
    lab.wait(FIVE_MINUTES_S)
    return service_runs(lab, variant.cluster, "store", 2, "FARGATE")


@check("web waits while migrate works", points=2, needs="two_running")
def waits(lab: Lab) -> Verdict:
    """The check starts a task whose migration takes ten minutes, and looks in the middle."""
    arn = start(lab, "sleep 600")
    lab.wait(FIVE_MINUTES_S)
    during = statuses(lab, arn)
    lab.wait(2 * FIVE_MINUTES_S)
    after = statuses(lab, arn)
    if during["web"] != "RUNNING" and (after["web"], after["task"]) == ("RUNNING", "RUNNING"):
        return passed
    return missed(
        expected="web not RUNNING during a migration of 10 minutes, and RUNNING after it",
        found=f"during it {during}, after it {after}",
        why="Containers of a task start together unless one says what it waits for.",
        see=SEE,
    )


@check("web never starts after a migration that failed", points=2, needs="waits")
def bad_migration(lab: Lab) -> Verdict:
    """The check starts a task whose migration ends with exit code 1."""
    arn = start(lab, "sleep 20; exit 1")
    lab.wait(FIVE_MINUTES_S)
    found = statuses(lab, arn)
    if found["task"] == "STOPPED":
        return passed
    return missed(
        expected="the task STOPPED, because migrate ended with exit code 1",
        found=f"{found}",
        why="One condition is met by any end, another one only by a good end.",
        see=SEE,
    )
