"""Checks of watch-log-router."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

SCRIPT = "echo sold a teapot; echo DEBUG a teapot is sold; sleep 600"
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html"


def arrived(lab: Lab, word: str) -> list[dict[str, Any]]:
    """Run a task that writes two lines; the lines with a word that are in the log group then."""
    container = {"name": "web", "command": ["sh", "-c", SCRIPT]}
    lab.client("ecs").run_task(
        cluster=variant.cluster,
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=scene.network(lab),
        overrides={"containerOverrides": [container]},
    )
    lab.wait(180)
    found = lab.client("logs").filter_log_events(logGroupName=variant.group)["events"]
    return [record(each["message"]) for each in found if word in each["message"]]


def record(message: str) -> dict[str, Any]:
    """A message as the record that a log router sends, or as a line without fields."""
    try:
        read = json.loads(message)
    except ValueError:
        return {"log": message}
    return read if isinstance(read, dict) else {"log": message}


@check("A line of a new task arrives in the log group", points=3)
def arrives(lab: Lab) -> Verdict:
    """The check runs a task of the newest revision, with a command of its own."""
    if arrived(lab, "sold a teapot"):
        return passed
    return missed(
        expected=f"a line that the container web writes, in {variant.group}",
        found="no such line",
        why="The router writes of its troubles to its own log, and calls AWS with the task role.",
        see=PAGE,
    )


@check("The line says which task definition it comes from", points=2, needs="arrives")
def says_where_from(lab: Lab) -> Verdict:
    """As FireLens adds it, and awslogs does not."""
    (line, *_) = arrived(lab, "sold a teapot")
    named = str(line.get("ecs_task_definition", ""))
    if named.startswith("web:"):
        return passed
    return missed(
        expected="ecs_task_definition: web with its revision",
        found=json.dumps(line)[:120],
        why="ECS adds such fields to what goes through a FireLens log router.",
        see=PAGE,
    )


@check("A line with DEBUG does not arrive", points=2, needs="arrives")
def drops_debug(lab: Lab) -> Verdict:
    """The task writes one line with DEBUG and one without."""
    if not arrived(lab, "DEBUG"):
        return passed
    return missed(
        expected="no line with DEBUG",
        found="a line with DEBUG",
        why="A pattern among the driver's options says which lines are left out.",
    )
