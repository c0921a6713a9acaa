"""The condition keys of a request: who asks, when, from where, and what the call says.

A key's value is worked out when a condition asks for it: most policies have none.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access import lookups
from ecs_lab.aws.access.operations import Table
from ecs_lab.aws.access.requests import Call

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

HERE = "127.0.0.1"
"""The address that requests come from: this machine's own."""

_REQUEST_TAG = "aws:requesttag/"


class CallContext(Mapping[str, "str | tuple[str, ...]"]):
    """The keys that a call has whoever makes it, in lower case."""

    def __init__(self, world: World, call: Call, table: Table) -> None:
        self._world = world
        self._call = call
        self._table = table

    def __getitem__(self, key: str) -> str | tuple[str, ...]:
        if key in _OF_EVERY_CALL:
            return _OF_EVERY_CALL[key](self._world.now(), self._call)
        if key == "aws:tagkeys" or key.startswith(_REQUEST_TAG):
            return self._of_tags()[key]
        values = self._table.keys[key].fill(self._call.parameters)
        if not values:
            raise KeyError(key)
        found = tuple(lookups.complete(self._world, each) for each in values)
        return found[0] if len(found) == 1 else found

    def __iter__(self) -> Iterator[str]:
        every = [*_OF_EVERY_CALL, *self._table.keys, *self._of_tags()]
        return (key for key in every if self.get(key) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _of_tags(self) -> dict[str, str | tuple[str, ...]]:
        """aws:RequestTag/key for each tag that a request puts on something, and aws:TagKeys."""
        parameters = self._call.parameters
        tags = dict(_tags(parameters))
        keys = [*tags, *(parameters.get("tagKeys") or parameters.get("TagKeys") or [])]
        found: dict[str, str | tuple[str, ...]] = {
            _REQUEST_TAG + key.lower(): value for key, value in tags.items()
        }
        return found | ({"aws:tagkeys": tuple(keys)} if keys else {})


def _current_time(now_s: float, call: Call) -> str:
    return f"{datetime.fromtimestamp(now_s, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _epoch_time(now_s: float, call: Call) -> str:
    return str(int(now_s))


def _region(now_s: float, call: Call) -> str:
    return call.region


def _yes(now_s: float, call: Call) -> str:
    return "true"


def _no(now_s: float, call: Call) -> str:
    return "false"


def _here(now_s: float, call: Call) -> str:
    return HERE


_OF_EVERY_CALL: Mapping[str, Callable[[float, Call], str]] = {
    "aws:currenttime": _current_time,
    "aws:epochtime": _epoch_time,
    "aws:requestedregion": _region,
    "aws:securetransport": _yes,
    "aws:sourceip": _here,
    "aws:viaawsservice": _no,
}


def _tags(parameters: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The tags in a request: lists of keys and values or one map, under several names."""
    given = [parameters.get(name) for name in ("tags", "Tags")]
    given += [each.get("Tags") for each in parameters.get("TagSpecifications") or []]
    for tags in given:
        if isinstance(tags, Mapping):
            yield from ((str(key), str(value)) for key, value in tags.items())
        for each in tags if isinstance(tags, list) else []:
            pair = {str(name).lower(): value for name, value in each.items()}
            key = pair.get("key", pair.get("tagkey"))
            yield str(key), str(pair.get("value", pair.get("tagvalue", "")))
