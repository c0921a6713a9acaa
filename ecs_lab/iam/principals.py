"""Who asks, and whom the Principal element of a policy names.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

Entries = tuple[tuple[str, str], ...]
"""Kind (AWS, Service, Federated, CanonicalUser) and value of each entry of a Principal element."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request: a user, the session of a role, or a service of AWS.

    `arn` is that of the user or of the session (arn:aws:sts::123456789012:assumed-role/web/task),
    `role_arn` that of the session's role; a service has only its name, such as
    ecs-tasks.amazonaws.com.
    """

    arn: str
    account_id: str = ""
    role_arn: str = ""
    service: str = ""

    def __str__(self) -> str:
        return self.arn or self.service


class Named(IntEnum):
    """How a Principal element names who asks: not at all, or the most direct way that it does.

    What a role or an account is given has further conditions; see `evaluation`.
    """

    NO = 0
    ACCOUNT = 1
    ROLE = 2
    DIRECTLY = 3


def read(element: Any) -> Entries:
    """The entries of a Principal element: "*", or kinds with one value or several."""
    if isinstance(element, str):
        return (("AWS", element),)
    if not isinstance(element, Mapping):
        return ()
    return tuple(
        (kind, str(value))
        for kind, values in element.items()
        for value in (values if isinstance(values, list) else [values])
    )


def named(entries: Entries, principal: Principal) -> Named:
    """How the entries name a principal.

    An ARN in them has no wildcards; "*" alone is everybody.
    """
    return max((_named_by(kind, value, principal) for kind, value in entries), default=Named.NO)


def _named_by(kind: str, value: str, principal: Principal) -> Named:
    if kind == "Service":
        return Named.DIRECTLY if value == principal.service else Named.NO
    if kind != "AWS":
        return Named.NO
    if value in {"*", principal.arn} and value:
        return Named.DIRECTLY
    if value and value == principal.role_arn:
        return Named.ROLE
    account = principal.account_id
    if account and value in {account, f"arn:aws:iam::{account}:root"}:
        return Named.ACCOUNT
    return Named.NO
