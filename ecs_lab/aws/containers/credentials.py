"""Credentials of task roles, as a container's SDK fetches them from the agent.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access.keys import Credentials
from ecs_lab.aws.containers import replies
from ecs_lab.engine.api.exec import task_role
from ecs_lab.engine.model import Task
from ecs_lab.runtime.messages import Response

if TYPE_CHECKING:
    from ecs_lab.aws.agent_config import AgentConfig
    from ecs_lab.aws.world import World

PATH = "/v2/credentials/"
LASTS_S = 6 * 3600.0
RENEWED_BEFORE_S = 3600.0
"""New credentials come this long before the old ones expire. AWS says that they are rotated, and
not when; six hours, and SDKs that ask again in the last minutes, are seen in the field."""


@dataclass(slots=True)
class TaskCredentials:
    """The credentials of a lab's tasks and instances: those handed out now, by session name."""

    world: World
    issued: dict[str, Credentials] = field(default_factory=dict)

    def relative_uri(self, task: Task) -> str | None:
        """AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, or None for a task that gets no credentials."""
        return PATH + credentials_id(task) if self.role(task) is not None else None

    def role(self, task: Task) -> str | None:
        """The ARN of the role whose credentials the agent hands out to a task, or None.

        On an EC2 instance the agent does so with ECS_ENABLE_TASK_IAM_ROLE, and for tasks in host
        mode with ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST; both are on in ECS-optimized AMIs.
        """
        role = task_role(task.definition, task.overrides)
        config = self._config(task)
        if role is None or config is None:
            return role
        host = task.definition.network_mode == "host"
        enabled = config.task_iam_role and (not host or config.task_iam_role_network_host)
        return role if enabled else None

    def answer(self, task: Task, asked_id: str) -> Response:
        """What the agent answers at a credentials address; the texts are the agent's own.

        Source:
        https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/tmds/handlers/v1/credentials_handler.go
        """
        if not asked_id:
            return refused("NoIdInRequest", "No Credential ID in the request")
        held = self.held(task) if asked_id == credentials_id(task) else None
        if held is None:
            return refused("InvalidIdInRequest", "Credentials not found")
        return replies.json_reply(shown(held, RoleArn=self.role(task)))

    def held(self, task: Task) -> Credentials | None:
        """The task's credentials now, new ones where the old are about to expire; None without a
        role.
        """
        role = self.role(task)
        return None if role is None else self.of_session(role, task.id)

    def of_session(self, role: str, session_name: str) -> Credentials | None:
        """Credentials of a session of a role, given by name or ARN, new ones where the old are
        about to expire; None for a role that is not there.
        """
        held = self.issued.get(session_name)
        if held is None or held.expires_at_s - self.world.now() < RENEWED_BEFORE_S:
            try:
                held = self.world.access.issue(role, session_name, LASTS_S)
            except LookupError:
                return None
            self.issued[session_name] = held
        return held

    def task_ended(self, task: Task) -> None:
        """The task's credentials are handed out no more."""
        self.issued.pop(task.id, None)

    def _config(self, task: Task) -> AgentConfig | None:
        instance = task.container_instance
        if instance is None:
            return None
        return self.world.agents.config(instance.ec2_instance_id)


def credentials_id(task: Task) -> str:
    """The id in a task's credentials address: a UUID that is no secret of anybody else's."""
    return str(uuid.UUID(bytes=hashlib.sha256(f"credentials of {task.arn}".encode()).digest()[:16]))


def shown(held: Credentials, **more: Any) -> dict[str, Any]:
    """Credentials in the form that SDKs read."""
    return {
        **more,
        "AccessKeyId": held.access_key_id,
        "SecretAccessKey": held.secret_access_key,
        "Token": held.token,
        "Expiration": replies.timestamp(held.expires_at_s),
    }


def refused(code: str, text: str) -> Response:
    """An error of the agent's credentials address."""
    message = f"CredentialsV2Request: {text}"
    return replies.json_reply({"code": code, "message": message, "HTTPErrorCode": 400}, 400)
