"""Who makes a request: told from the access key that signed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecs_lab.aws.access import identities
from ecs_lab.aws.access.keys import Holder
from ecs_lab.aws.access.signatures import Scope
from ecs_lab.iam.document import Policy
from ecs_lab.iam.principals import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    """A user, or the session of a role, whose requests are enforced.

    `identity` is moto's user or role, None once it is deleted; `unique_id` is what
    GetCallerIdentity calls UserId; `context` has the condition keys that say who it is.
    """

    principal: Principal
    identity: Any
    unique_id: str
    session_policies: tuple[Policy, ...] | None
    context: Mapping[str, str]

    @property
    def name(self) -> str:
        """Who it is in the account, such as `role deployer`."""
        kind = "role" if self.principal.role_arn else "user"
        arn = self.principal.role_arn or self.principal.arn
        return f"{kind} {arn.rpartition('/')[2]}"


class BadCredentialsError(Exception):
    """Credentials that are no longer, or never were, good: `expired` or `invalid`."""


def of_key(iam: Any, access_key_id: str) -> Caller | None:
    """The user of a key that IAM made; None for a key that is nobody's, which is the
    administrator's. Raises BadCredentialsError.
    """
    key = iam.access_keys.get(access_key_id)
    if key is None:
        return None
    if key.status != "Active":
        raise BadCredentialsError("invalid")
    return of_user(iam, key.user_name)


def check(holder: Holder, scope: Scope, now_s: float) -> None:
    """Whether a key that the lab issued comes with its token, and in time. Raises
    BadCredentialsError.
    """
    if holder.credentials.token != scope.token:
        raise BadCredentialsError("invalid")
    if holder.credentials.expires_at_s <= now_s:
        raise BadCredentialsError("expired")


def of_holder(iam: Any, holder: Holder) -> Caller:
    """Whose key it is; raises BadCredentialsError for a user that is not there any more."""
    return of_session(iam, holder) if holder.role_arn else of_user(iam, holder.user_name)


def of_user(iam: Any, name: str) -> Caller:
    """A user; raises BadCredentialsError for one that is not there any more."""
    user = identities.user(iam, name)
    if user is None:
        raise BadCredentialsError("invalid")
    principal = Principal(user.arn, user.account_id)
    context = {
        "aws:principalarn": user.arn,
        "aws:principalaccount": user.account_id,
        "aws:principaltype": "User",
        "aws:userid": user.id,
        "aws:username": user.name,
    }
    return Caller(principal, user, user.id, None, context | _tags(user.tags))


def of_session(iam: Any, holder: Holder) -> Caller:
    """A session of a role that was issued credentials."""
    role = identities.role(iam, holder.role_arn)
    principal = identities.session_principal(holder.role_arn, holder.session_name)
    context = of_role(role) if role is not None else {}
    unique_id = f"{role.id if role is not None else 'AROA'}:{holder.session_name}"
    context["aws:userid"] = unique_id
    context["aws:tokenissuetime"] = str(int(holder.issued_at_s))
    context["aws:multifactorauthpresent"] = "false"
    if holder.source_identity:
        context["aws:sourceidentity"] = holder.source_identity
    for key, value in holder.tags:
        context[f"aws:principaltag/{key.lower()}"] = value
    return Caller(principal, role, unique_id, holder.session_policies, context)


def of_role(role: Any) -> dict[str, str]:
    """The condition keys of whoever acts as a role.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return {
        "aws:principalarn": role.arn,
        "aws:principalaccount": role.account_id,
        "aws:principaltype": "AssumedRole",
        **_tags(role.tags),
    }


def _tags(tags: Any) -> dict[str, str]:
    return {
        f"aws:principaltag/{each['Key'].lower()}": each["Value"]
        for each in (tags if isinstance(tags, list) else [])
    }
