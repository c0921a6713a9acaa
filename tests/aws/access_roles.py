"""Roles and policies for tests of access control."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.world import World

if TYPE_CHECKING:
    from ecs_lab import Lab
    from ecs_lab.aws.access.access import Access

ACCOUNT = "123456789012"
TASKS = "ecs-tasks.amazonaws.com"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that denies."""
    return allow(action, resource, **more) | {"Effect": "Deny"}


def policy(*statements: Any) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal: Any, **more: Any) -> str:
    """A role trust policy with one statement."""
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def make_role(lab: Lab, *statements: Any, trusts: str = "", name: str = "web", **more: Any) -> str:
    """A role with an inline policy `rights`; gives its ARN."""
    iam = lab.client("iam")
    document = trusts or trust({"Service": TASKS})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=policy(*statements))
    return str(made["Role"]["Arn"])


def make_user(lab: Lab, *statements: Any, name: str = "ann") -> dict[str, str]:
    """A user with an inline policy `rights`; gives keys of it, as boto3 names them."""
    iam = lab.client("iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=policy(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }


def access_of(lab: Lab) -> Access:
    """What other parts of the lab ask."""
    assert isinstance(lab.world, World)
    return lab.world.access
