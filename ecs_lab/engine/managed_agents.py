"""The agent of ECS Exec inside the containers of a task that was launched with execute command on.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedAgent.html
"""

from __future__ import annotations

from typing import Any

from ecs_lab.engine.model import Container, Task
from ecs_lab.engine.state import State

EXEC_AGENT = "ExecuteCommandAgent"
START_S = 2.0
"""How long the agent takes to run once its task does (typical; AWS documents no figure)."""


def start(state: State, task: Task) -> None:
    """Let the agent start in a task that has just become RUNNING, if the task wants one."""
    if task.execute_command:
        state.clock.schedule(START_S, _running, state, task)


def _running(state: State, task: Task) -> None:
    if task.stopping:
        return
    task.exec_agent_at_s = state.clock.now
    task.version += 1
    state.tell("task", task)


def cannot_run(container: Container) -> bool:
    """Whether the agent has no place in a container: it writes to the root file system.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    return bool(container.definition.get("readonlyRootFilesystem"))


def managed_agents(task: Task, container: Container) -> list[dict[str, Any]] | None:
    """A container's `managedAgents` in DescribeTasks, or None without execute command."""
    if not task.execute_command:
        return None
    started = container.last_status == "RUNNING" and task.exec_agent_at_s is not None
    if container.last_status == "STOPPED" or (started and cannot_run(container)):
        status = "STOPPED"
    else:
        status = "RUNNING" if task.exec_agent_at_s is not None else "PENDING"
    agent: dict[str, Any] = {"name": EXEC_AGENT, "lastStatus": status}
    if task.exec_agent_at_s is not None:
        agent["lastStartedAt"] = task.exec_agent_at_s
    return [agent]
