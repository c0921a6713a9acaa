"""Users and roles as moto's IAM keeps them, with the policies that say what they may do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ecs_lab.iam import document
from ecs_lab.iam.document import MalformedPolicyError, Policy
from ecs_lab.iam.principals import Principal


def role(iam: Any, name_or_arn: str) -> Any | None:
    """moto's role of a name, of an ARN, or of the ARN of one of its sessions; None for none."""
    name = name_or_arn.rpartition("/")[2]
    for each in iam.roles.values():
        if each.name == name and name_or_arn in (name, each.arn):
            return each
    if ":assumed-role/" in name_or_arn:
        return role(iam, name_or_arn.split("/")[1])
    return None


def user(iam: Any, name_or_arn: str) -> Any | None:
    """moto's user of a name or an ARN, or None."""
    found = iam.users.get(name_or_arn)
    if found is None and name_or_arn.startswith("arn:"):
        found = iam.users.get(name_or_arn.rpartition("/")[2])
        found = found if found is not None and found.arn == name_or_arn else None
    return found


def names(iam: Any) -> list[str]:
    """The names of all roles and users there are, roles first."""
    return [*sorted(each.name for each in iam.roles.values()), *sorted(iam.users)]


def session_principal(role_arn: str, session_name: str | None) -> Principal:
    """A session of a role; without a name, AWS's texts show the role itself."""
    account_id, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    arn = f"arn:aws:sts::{account_id}:assumed-role/{name}/{session_name}"
    return Principal(arn if session_name else role_arn, account_id, role_arn)


def identity_policies(iam: Any, holder: Any) -> tuple[Policy, ...]:
    """The policies of a user or role, attached and inline; a user has those of its groups too."""
    return tuple(_policies(iam, holder))


def _policies(iam: Any, holder: Any) -> Iterator[Policy]:
    yield from _own_policies(holder)
    if hasattr(holder, "access_keys"):
        for group in iam.groups.values():
            if any(each.name == holder.name for each in group.users):
                yield from _own_policies(group)


def _own_policies(holder: Any) -> Iterator[Policy]:
    for managed in holder.managed_policies.values():
        yield read(managed_document(managed), managed.name, managed.arn)
    for name, text in holder.policies.items():
        yield read(text, name)


def boundary(iam: Any, holder: Any) -> Policy | None:
    """The permissions boundary of a user or role, or None.

    A boundary whose policy has been deleted allows nothing.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    arn = getattr(holder, "permissions_boundary_arn", None)
    if not arn:
        return None
    managed = iam.managed_policies.get(arn)
    return (
        Policy((), arn=arn)
        if managed is None
        else read(managed_document(managed), managed.name, arn)
    )


def managed_document(managed: Any) -> str:
    """The default version of a managed policy."""
    return str(next(each.document for each in managed.versions if each.is_default))


def trust_policy(holder: Any) -> Policy:
    """Who may assume a role."""
    return read(holder.assume_role_policy_document, holder.name)


def read(text: Any, name: str = "", arn: str = "") -> Policy:
    """A policy that moto keeps. One that is not well formed, which IAM would not have taken, says
    nothing.
    """
    # moto: CloudFormation leaves some documents as they stood in the template.
    words = text if isinstance(text, str) else json.dumps(text)
    try:
        return document.read(words, name, arn)
    except MalformedPolicyError:
        return Policy((), name, arn)
