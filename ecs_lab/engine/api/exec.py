"""ECS Exec: a session with a container of a running task.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from ecs_lab.engine import managed_agents
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.errors import InvalidParameterException, TargetNotConnectedException
from ecs_lab.engine.model import Container, Document, Task, TaskDefinition
from ecs_lab.engine.state import State

# Texts seen in the field; AWS's pages do not show them.
NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or "
    "the execute command agent isn’t running. Wait and try again or run a new task with execute "
    "command enabled and try again."
)
NOT_CONNECTED = "The execute command failed due to an internal error. Try again later."
NO_TASK_ROLE = (
    "The {what} couldn't be {done} because a valid taskRoleArn is not being used. Specify a valid "
    "task role in your task definition and try again."
)

ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What the task role has to allow, so that the agent in the container can open its channels.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

LOGGING = ("NONE", "DEFAULT", "OVERRIDE")


@operation("ExecuteCommand")
def execute_command(state: State, request: Request) -> Answer:
    """Open a session for a command in a container; `Lab.exec` runs the command.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html
    """
    if not request["interactive"]:
        raise InvalidParameterException("Interactive is the only mode supported currently.")
    if not request["command"]:
        raise InvalidParameterException("command cannot be empty.")
    cluster = state.cluster(request.get("cluster"))
    task = state.find_task(cluster, request["task"])
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    container = _container(task, request.get("container"))
    _check_connected(state, task, container)
    return {
        "clusterArn": cluster.arn,
        "containerArn": container.arn,
        "containerName": container.name,
        "interactive": True,
        "session": _session(state),
        "taskArn": task.arn,
    }


def _container(task: Task, name: str | None) -> Container:
    names = ", ".join(each.name for each in task.containers)
    if not name:
        if len(task.containers) > 1:
            raise InvalidParameterException(
                f"The task has several containers, so name one of them: {names}."
            )
        return task.containers[0]
    found = next((each for each in task.containers if each.name == name), None)
    if found is None:
        raise InvalidParameterException(
            f"The container {name} was not found in the task: its containers are {names}."
        )
    return found


def _check_connected(state: State, task: Task, container: Container) -> None:
    """The agent runs in the container, may open its channels, and reaches Session Manager.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-troubleshooting.html
    """
    running = container.last_status == "RUNNING" and not task.stopping
    if not running or task.exec_agent_at_s is None or managed_agents.cannot_run(container):
        raise InvalidParameterException(NOT_ENABLED)
    role = task_role(task.definition, task.overrides)
    allowed = state.surroundings.role_allows
    if role is None or not all(allowed(role, action) for action in ACTIONS):
        raise TargetNotConnectedException(NOT_CONNECTED)
    if not state.surroundings.reaches(task, "ssmmessages"):
        raise TargetNotConnectedException(NOT_CONNECTED)


def task_role(definition: TaskDefinition, overrides: Document) -> str | None:
    """The ARN of a task's role: that of its overrides, else that of its task definition."""
    return overrides.get("taskRoleArn") or definition.document.get("taskRoleArn")


def check_task_role(
    definition: TaskDefinition | None, request: Mapping[str, Any], what: str, done: str
) -> None:
    """Refuse `enableExecuteCommand` for a task definition without a task role.

    `what` and `done` say what is refused, such as a "service" that would be "updated".
    """
    if definition is None or not request.get("enableExecuteCommand"):
        return
    if task_role(definition, request.get("overrides") or {}) is None:
        raise InvalidParameterException(NO_TASK_ROLE.format(what=what, done=done))


def check_configuration(configuration: Document | None) -> None:
    """Whether a cluster's `configuration` is one for Exec that AWS takes.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html
    """
    exec_ = (configuration or {}).get("executeCommandConfiguration") or {}
    logging, logs = exec_.get("logging"), exec_.get("logConfiguration") or {}
    if logging not in (None, *LOGGING):
        raise InvalidParameterException(
            f"Invalid logging {logging!r} in executeCommandConfiguration: one of "
            f"{', '.join(LOGGING)}."
        )
    named = logs.get("cloudWatchLogGroupName") or logs.get("s3BucketName")
    if logging == "OVERRIDE" and not named:
        raise InvalidParameterException(
            "logging=OVERRIDE needs a logConfiguration with a cloudWatchLogGroupName or an "
            "s3BucketName."
        )
    if logs and logging != "OVERRIDE":
        raise InvalidParameterException(
            "A logConfiguration is only used with logging=OVERRIDE: set that, or leave it out."
        )


def _session(state: State) -> dict[str, str]:
    session_id = f"ecs-execute-command-{state.ids.hex(17)}"
    host = f"ssmmessages.{state.region}.amazonaws.com"
    token = base64.b64encode(bytes.fromhex(state.ids.hex(192))).decode()
    return {
        "sessionId": session_id,
        "streamUrl": f"wss://{host}/v1/data-channel/{session_id}?role=publish_subscribe",
        "tokenValue": token,
    }
