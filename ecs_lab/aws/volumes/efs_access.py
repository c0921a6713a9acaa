"""What a client of an EFS file system may do: mount it, write, and be root.

Source: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access import resource_policies
from ecs_lab.aws.volumes.attempts import Rights
from ecs_lab.iam.evaluation import Policies, Request, evaluate
from ecs_lab.iam.principals import Principal

if TYPE_CHECKING:
    from ecs_lab.aws.volumes.efs import EfsAttempt

MOUNT, WRITE, ROOT = (
    f"elasticfilesystem:Client{each}" for each in ("Mount", "Write", "RootAccess")
)


NAMELESS = Principal("an anonymous client")
Context = Mapping[str, str]


def rights(attempt: EfsAttempt, access_point: Any) -> Rights:
    """What the task may do on the file system: in its task role's name with IAM authorization,
    else as a client without a name.
    """
    authorization = attempt.configuration.get("authorizationConfig") or {}
    context = _context(attempt, access_point)
    by_role = authorization.get("iam") == "ENABLED"
    may = partial(_role_may if by_role else _anyone_may, attempt, context)
    return Rights(may(MOUNT), may(WRITE), may(ROOT))


def _role_may(attempt: EfsAttempt, context: Context, action: str) -> bool:
    """Whether the role's or the file system's policy allows it, and none denies it."""
    decide = attempt.volumes.world.access.decide
    arn = attempt.file_system.file_system_arn
    return decide(attempt.role_arn, action, arn, context, session_name=attempt.task.id).allowed


def _anyone_may(attempt: EfsAttempt, context: Context, action: str) -> bool:
    """Whether the file system's policy allows it to everybody."""
    arn = attempt.file_system.file_system_arn
    policy = resource_policies.of(arn, attempt.account_id)
    keys = {key.lower(): value for key, value in context.items()}
    return evaluate(Request(NAMELESS, action, arn, keys), Policies(resource=policy)).allowed


def _context(attempt: EfsAttempt, access_point: Any) -> Context:
    """The condition keys of a connection."""
    context = {
        "aws:SecureTransport": str(attempt.encrypted).lower(),
        "elasticfilesystem:AccessedViaMountTarget": "true",
    }
    if access_point is not None:
        context["elasticfilesystem:AccessPointArn"] = access_point.access_point_arn
    return context
