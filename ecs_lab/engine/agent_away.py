"""What waits while the ECS agent of a container instance is disconnected.

Containers run on without the agent, but it is the agent that starts and stops them and tells ECS
what became of them. AWS's guide says no more than that such an instance takes no tasks; that the
rest is made up for when the agent is back is how the agent's source has it
(https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/docker_task_engine.go).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecs_lab.engine.model import ContainerInstance, Task
from ecs_lab.engine.state import State


def away(task: Task) -> bool:
    """Whether the task is on a container instance whose agent is disconnected."""
    instance = task.container_instance
    return instance is not None and not instance.agent_connected


def waits(task: Task, event: Callable[..., Any], *args: Any) -> bool:
    """Whether `event(state, task, *args)` has to wait for the task's agent; then it happens when
    the agent is back.
    """
    if not away(task):
        return False
    task.unheard.append((event, args))
    return True


def catch_up(state: State, instance: ContainerInstance) -> None:
    """The agent is back: what waited for it happens, in the order in which it was due."""
    for task in list(instance.tasks.values()):
        unheard, task.unheard = task.unheard, []
        for event, args in unheard:
            if task.last_status != "STOPPED":
                event(state, task, *args)
