"""The roles of a task that ECS assumes for it: its task role and its task execution role.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from __future__ import annotations

from ecs_lab.engine.model import Document, Service, TaskDefinition
from ecs_lab.engine.state import State

NO_TRUST = (
    "ECS was unable to assume the role '{role}' that was provided for this task. Please verify "
    "that the role being passed has the proper trust relationship and permissions and that your "
    "IAM user has permissions to pass this role."
)
"""Seen in the field, from RunTask and in the events of services; AWS's guide does not show it."""


def refusal(state: State, definition: TaskDefinition, overrides: Document) -> str | None:
    """AWS's text for a role of such tasks that ECS cannot assume, or None."""
    role = state.surroundings.role_out_of_reach(definition, overrides)
    return NO_TRUST.format(role=role) if role is not None else None


def refusal_of_service(state: State, service: Service) -> str | None:
    """The same for the tasks of a service's deployments."""
    found = (refusal(state, each.definition, {}) for each in service.deployments)
    return next((each for each in found if each is not None), None)
