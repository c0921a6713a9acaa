"""What all shapes share."""

from __future__ import annotations

from typing import Any

from ecs_lab.engine.model import Document, Task

Shape = dict[str, Any]


def compact(shape: Shape) -> Shape:
    """The shape without what is None."""
    return {key: value for key, value in shape.items() if value is not None}


def counts(tasks: list[Task]) -> tuple[int, int]:
    """How many of the tasks are running, and how many pending; stopping ones are neither."""
    to_run = [each for each in tasks if not each.stopping]
    running = sum(1 for each in to_run if each.last_status == "RUNNING")
    return running, len(to_run) - running


def capacity(request: Document, launch_type: str) -> Shape:
    """What shows where tasks run: the strategy, or the launch type where there is none."""
    strategy = request.get("capacityProviderStrategy")
    return {"capacityProviderStrategy": strategy} if strategy else {"launchType": launch_type}
