"""Checks of secrets-env-files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import fargate_task, variable
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FILES = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html"


def has(lab: Lab, name: str, value: str, why: str) -> Verdict:
    """Whether a new task of the family web finds a value in a variable."""
    found = variable(lab, fargate_task(lab, variant.shop.name, "web"), name)
    if found == value:
        return passed
    return missed(
        expected=f"{name} is {value}",
        found=f"it is {found}" if found else "no such variable",
        why=why,
        see=FILES,
    )


@check("A task of the family web starts", points=2)
def starts(lab: Lab) -> Verdict:
    """The check runs one, and waits."""
    task = fargate_task(lab, variant.shop.name, "web")
    if task["lastStatus"] == "RUNNING":
        return passed
    return missed(
        expected="RUNNING",
        found=f"{task['lastStatus']}: {task.get('stoppedReason', '')}",
        why="The agent reads the files before the container starts.",
        see=FILES,
    )


@check("MODE is that of shared.env", needs="starts")
def mode(lab: Lab) -> Verdict:
    """The check looks into the container of a new task."""
    return has(lab, "MODE", variant.shop.mode, "Each file that counts has to be in the list.")


@check("COLOUR is that of web.env", points=2, needs="starts")
def colour(lab: Lab) -> Verdict:
    """The check looks into the container of a new task."""
    return has(
        lab, "COLOUR", variant.shop.colour, "Both files have this name, and one of them counts."
    )


@check("LOG_LEVEL is debug", needs="starts")
def log_level(lab: Lab) -> Verdict:
    """The check looks into the container of a new task."""
    return has(lab, "LOG_LEVEL", "debug", "One place in the container definition is above files.")


@check("A change in web.env reaches the next task", needs="starts")
def next_task(lab: Lab) -> Verdict:
    """The check changes the file, runs a task, and looks inside."""
    lab.client("s3").put_object(
        Bucket=f"{variant.shop.name}-config", Key="web.env", Body=b"COLOUR=teal\nNEW=yes\n"
    )
    return has(lab, "NEW", "yes", "What is copied into the task definition stays as it was.")
