"""The tags of a resource, for policies with aws:ResourceTag conditions.

Looked up only when a condition asks for one, and for what an ECS course tags: things of ECS, EC2
and IAM.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ecs_lab.aws.access import identities
from ecs_lab.engine.errors import EcsError

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

_KEY = "resourcetag/"


class ResourceTags(Mapping[str, str]):
    """aws:ResourceTag/key of a resource, and the service's own such as ecs:ResourceTag/key."""

    def __init__(self, world: World, arn: str) -> None:
        self._world = world
        self._arn = arn

    def __getitem__(self, key: str) -> str:
        prefix, _, rest = key.partition(":")
        if not rest.startswith(_KEY) or prefix not in ("aws", self._service):
            raise KeyError(key)
        return {name.lower(): value for name, value in self._tags()}[rest.removeprefix(_KEY)]

    def __iter__(self) -> Iterator[str]:
        return (f"aws:{_KEY}{name.lower()}" for name, _ in self._tags())

    def __len__(self) -> int:
        return len(self._tags())

    @property
    def _service(self) -> str:
        return self._arn.split(":")[2] if self._arn.count(":") > 1 else ""

    def _tags(self) -> list[tuple[str, str]]:
        if self._service == "ecs":
            ecs = self._world.ecs_in(self._arn.split(":")[3])
            try:
                found = ecs.call("ListTagsForResource", resourceArn=self._arn)["tags"]
            except EcsError:
                return []
            return [(each["key"], each.get("value", "")) for each in found]
        if self._service == "ec2":
            name = self._arn.rpartition("/")[2]
            found = self._world.ec2.describe_tags(filters={"resource-id": [name]})
            return [(each["key"], each["value"]) for each in found]
        role = identities.role(self._world.iam, self._arn) if self._service == "iam" else None
        return [(each["Key"], each["Value"]) for each in getattr(role, "tags", None) or []]
