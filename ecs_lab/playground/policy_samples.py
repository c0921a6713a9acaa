"""What the policy playground begins with: the roles and calls of `policies.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ecs_lab.iam.principals import Principal
from ecs_lab.playground.stage import ACCOUNT_ID


@dataclass(frozen=True, slots=True)
class Role:
    """Who asks, with the identity-based policy that it has; a service of AWS has none."""

    name: str
    says: str
    arn: str = ""
    role_arn: str = ""
    service: str = ""
    policy: str = ""

    @property
    def principal(self) -> Principal:
        """The role's session, or the service, as the evaluation knows it."""
        return Principal(self.arn, "" if self.service else ACCOUNT_ID, self.role_arn, self.service)


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked; `who` says whose call it is on ECS, and `page` where AWS says so."""

    name: str
    says: str
    who: str
    page: str
    action: str
    resource: str
    context: str = ""
    resource_policy: str = ""


@dataclass(frozen=True, slots=True)
class Samples:
    """All of the file; the two policies are what a learner begins to write with."""

    boundary: str
    resource_policy: str
    roles: dict[str, Role]
    calls: dict[str, Call]


@cache
def samples() -> Samples:
    """The samples, each by its name.

    >>> samples().calls["secret"].action
    'secretsmanager:GetSecretValue'
    """
    found = tomllib.loads(files(__package__).joinpath("policies.toml").read_text(encoding="utf-8"))
    return Samples(
        found["boundary"].strip(),
        found["resource_policy"].strip(),
        {row["name"]: Role(**_stripped(row)) for row in found["role"]},
        {row["name"]: Call(**_stripped(row)) for row in found["call"]},
    )


def _stripped(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(value).strip() for name, value in row.items()}
