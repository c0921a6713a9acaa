"""Task protection asked for from inside a task: $ECS_AGENT_URI/task-protection/v1/state.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.containers.credentials import TaskCredentials
from ecs_lab.aws.containers.replies import json_reply, timestamp
from ecs_lab.engine.errors import EcsError
from ecs_lab.engine.model import Task
from ecs_lab.runtime.messages import Request, Response

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

NO_ROLE = "Invalid Request: no task IAM role credentials available for task"
NOT_UNDERSTOOD = "UpdateTaskProtection: failed to decode request"
NOT_SAID = "Invalid request: does not contain 'ProtectionEnabled' field"
"""The agent's own texts:
https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/tmds/handlers/taskprotection/v1/handlers/handlers.go
"""
MEMBERS = {"ProtectionEnabled", "ExpiresInMinutes"}


def answer(world: World, credentials: TaskCredentials, task: Task, request: Request) -> Response:
    """What the agent answers: it asks ECS with the task role's credentials."""
    asked: Any = {}
    if request.method == "PUT":
        try:
            asked = json.loads(request.body)
        except ValueError:
            asked = {"": None}
        if not isinstance(asked, dict) or set(asked) - MEMBERS:
            return _refused(400, "InvalidParameterException", NOT_UNDERSTOOD)
        if asked.get("ProtectionEnabled") is None:
            return _refused(400, "InvalidParameterException", NOT_SAID, task)
    elif request.method != "GET":
        return json_reply({}, 405)
    role = credentials.role(task)
    if role is None:
        return _refused(403, "AccessDeniedException", NO_ROLE, task)
    return _ask(world, role, task, asked)


def _ask(world: World, role: str, task: Task, asked: dict[str, Any]) -> Response:
    operation = "UpdateTaskProtection" if asked else "GetTaskProtection"
    decision = world.access.decide(role, f"ecs:{operation}", task.arn, session_name=task.id)
    if not decision:
        return _refused(400, "AccessDeniedException", decision.message, task)
    details: dict[str, Any] = {"cluster": task.cluster.arn, "tasks": [task.arn]}
    if asked:
        details["protectionEnabled"] = bool(asked["ProtectionEnabled"])
        if asked.get("ExpiresInMinutes") is not None:
            details["expiresInMinutes"] = asked["ExpiresInMinutes"]
    try:
        found = world.ecs_in(task.arn.split(":")[3]).call(operation, **details)
    except EcsError as error:
        return _refused(400, error.code, error.message, task)
    if found["failures"]:
        failure = found["failures"][0]
        return json_reply({"failure": {"Arn": failure["arn"], "Reason": failure["reason"]}})
    return json_reply({"protection": _shown(found["protectedTasks"][0])})


def _shown(protection: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "ProtectionEnabled": protection["protectionEnabled"],
        "TaskArn": protection["taskArn"],
    }
    until_s = protection.get("expirationDate")
    return shown | ({"ExpirationDate": timestamp(until_s)} if until_s is not None else {})


def _refused(status: int, code: str, text: str, task: Task | None = None) -> Response:
    arn = {"Arn": task.arn} if task is not None else {}
    return json_reply({"error": {**arn, "Code": code, "Message": text}}, status)
