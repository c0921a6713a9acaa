"""The condition keys of a request: who asks, when, from where, and what the call says.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access import lookups
from ecs_lab.aws.access.operations import Table
from ecs_lab.aws.access.requests import Call

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

HERE = "127.0.0.1"
"""The address that requests come from: this machine's own."""


def of_call(world: World, call: Call, table: Table) -> dict[str, str | tuple[str, ...]]:
    """The keys that a call has whoever makes it, in lower case."""
    now_s = world.now()
    moment = datetime.fromtimestamp(now_s, UTC)
    found: dict[str, str | tuple[str, ...]] = {
        "aws:currenttime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "aws:epochtime": str(int(now_s)),
        "aws:requestedregion": call.region,
        "aws:securetransport": "true",
        "aws:sourceip": HERE,
        "aws:viaawsservice": "false",
    }
    for key, template in table.keys.items():
        if values := [lookups.complete(world, each) for each in template.fill(call.parameters)]:
            found[key] = values[0] if len(values) == 1 else tuple(values)
    return found | _of_tags(call.parameters)


def _of_tags(parameters: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """aws:RequestTag/key for each tag that a request puts on something, and aws:TagKeys.

    Services write tags as lists of keys and values or as one map, under several names.
    """
    tags = dict(_tags(parameters))
    keys = [*tags, *(parameters.get("tagKeys") or parameters.get("TagKeys") or [])]
    found: dict[str, str | tuple[str, ...]] = {
        f"aws:requesttag/{key.lower()}": value for key, value in tags.items()
    }
    return found | ({"aws:tagkeys": tuple(keys)} if keys else {})


def _tags(parameters: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    given = [parameters.get(name) for name in ("tags", "Tags")]
    given += [each.get("Tags") for each in parameters.get("TagSpecifications") or []]
    for tags in given:
        if isinstance(tags, Mapping):
            yield from ((str(key), str(value)) for key, value in tags.items())
        for each in tags if isinstance(tags, list) else []:
            pair = {str(name).lower(): value for name, value in each.items()}
            key = pair.get("key", pair.get("tagkey"))
            yield str(key), str(pair.get("value", pair.get("tagvalue", "")))
