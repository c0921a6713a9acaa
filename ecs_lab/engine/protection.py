"""Whether a task is protected from scaling in: for the scheduler, which has to leave it alone.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
"""

from __future__ import annotations

from ecs_lab.engine.model import Task
from ecs_lab.engine.state import State


def protected(state: State, task: Task) -> bool:
    """Whether scaling in and deploying have to leave this task alone now."""
    return task.protected_until_s is not None and state.clock.now < task.protected_until_s
