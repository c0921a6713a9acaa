"""The service-linked role of ECS, which comes with the first cluster.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles-for-clusters.html
"""

from __future__ import annotations

from typing import Any

from ecs_lab.aws.access import identities

NAME = "AWSServiceRoleForECS"
SERVICE = "ecs.amazonaws.com"
CREATE = "iam:CreateServiceLinkedRole"
_POLICY = "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"


def arn(account_id: str) -> str:
    """The ARN that the role has or will have.

    >>> arn("123456789012")
    'arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'
    """
    return f"arn:aws:iam::{account_id}:role/aws-service-role/{SERVICE}/{NAME}"


def make(iam: Any) -> None:
    """Make the role, unless it is there.

    moto: calls it AWSServiceRoleForecs, and gives it no policy.
    """
    if identities.role(iam, NAME) is not None:
        return
    role = iam.create_service_linked_role(
        SERVICE, "Role to enable Amazon ECS to manage your cluster.", ""
    )
    role.name = NAME
    iam.managed_policies[_POLICY].attach_to(role)
