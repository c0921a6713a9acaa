"""What a task that cannot start is stopped with, in AWS's words: the table is
`start_failures.toml`, which names the page or source of each text.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from ecs_lab.aws.containers.callers import on_fargate
from ecs_lab.engine.model import Container, Task
from ecs_lab.engine.surroundings import CannotStartError


@cache
def texts() -> dict[str, dict[str, str]]:
    """What may go wrong -> fargate, agent (the texts), after (a key of durations.csv), grade."""
    table = files("ecs_lab.aws.containers").joinpath("start_failures.toml").read_text("utf-8")
    return tomllib.loads(table)


def cannot_start(
    what: str, task: Task, container: Container | None = None, /, **values: str
) -> CannotStartError:
    """The error that stops the task, `values` filled in.

    On a container instance the agent tells what is wrong with one `container` as that container's
    reason.
    """
    failure = texts()[what]
    fargate = on_fargate(task)
    text = failure["fargate" if fargate else "agent"].format(**values)
    return CannotStartError(text, None if fargate else container, failure["after"])
