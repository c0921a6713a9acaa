"""Which actions a call needs, on which resources: one table for each service, in `services/`.

Each table has AWS's page, botocore's names of the service, what its ARNs begin with, and rows:

- `touches`: the resources that operations touch. Every one of them has to be allowed. A row with an
  `action` needs that one besides the operation's own; `passed_to` makes it a role that is passed.
- `actions`: operations that need another action than that of their name ("": none).
- `otherwise`: what operations touch that stand in no row. Without it they touch "*".
- `keys`: the condition keys that come from parameters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ecs_lab.aws.access import templates
from ecs_lab.aws.access.templates import Template


@dataclass(frozen=True, slots=True)
class Touch:
    """A resource that an operation touches; see the module."""

    resource: Template
    action: str
    passed_to: str


@dataclass(frozen=True, slots=True)
class Table:
    """One service's table; see the module."""

    service: str
    touches: Mapping[str, tuple[Touch, ...]]
    otherwise: tuple[Template, ...]
    actions: Mapping[str, str]
    keys: Mapping[str, Template]

    def action(self, operation: str) -> str:
        """The action that an operation needs, such as s3:ListBucket; empty for none of its own."""
        name = self.actions.get(operation, operation)
        return f"{self.service}:{name}" if name else ""


_ROLE = "arn:aws:iam::{account}:role/"


@cache
def _document(service: str) -> dict[str, Any]:
    file = resources.files("ecs_lab.aws.access") / "services" / f"{service}.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def models_of(service: str) -> list[str]:
    """botocore's names of a service: most often its own."""
    return list(_document(service).get("models", [service]))


@cache
def table_of(service: str, region: str, account_id: str) -> Table:
    """The table of a service, for one Region; an empty one where there is none."""
    document = _document(service)

    def template(text: str, begins: str = "") -> Template:
        full = text if text.startswith("arn:") else (begins or document["arn"]) + text
        return templates.read(full.replace("{region}", region).replace("{account}", account_id))

    touches: dict[str, tuple[Touch, ...]] = {}
    for row in document.get("touches", []):
        begins = _ROLE if row.get("passed_to") else ""
        resource = template(row["resource"], begins)
        touch = Touch(resource, row.get("action", ""), row.get("passed_to", ""))
        for operation in row["operations"].split():
            touches[operation] = (*touches.get(operation, ()), touch)
    keys = {
        key.lower(): templates.read(
            text.replace("{region}", region).replace("{account}", account_id)
        )
        for key, text in document.get("keys", {}).items()
    }
    otherwise = tuple(template(text) for text in document.get("otherwise", []))
    return Table(service, touches, otherwise, document.get("actions", {}), keys)
