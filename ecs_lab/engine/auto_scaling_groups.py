"""What ECS's managed scaling needs of EC2 Auto Scaling: groups, their size, and their instances.

The engine only knows this protocol; `ecs_lab.aws.auto_scaling` answers it with moto's groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ecs_lab.engine.capacity_scaling import Room


@dataclass(slots=True, frozen=True)
class Group:
    """An Auto Scaling group at one moment; `room` is what one of its instances has for tasks."""

    name: str
    arn: str
    min_size: int
    max_size: int
    desired: int
    instance_ids: tuple[str, ...]
    room: Room
    protects_new_instances: bool = False


class AutoScalingGroups(Protocol):
    """EC2 Auto Scaling, as far as ECS drives it."""

    def find(self, name_or_arn: str) -> Group | None:
        """The group of that name or ARN, or None."""

    def resize(self, arn: str, desired: int) -> None:
        """Set the desired capacity: instances are launched."""

    def terminate(self, arn: str, instance_ids: Sequence[str]) -> None:
        """Terminate these instances of the group, which shrinks by as many."""

    def protect(self, arn: str, instance_ids: Sequence[str]) -> None:
        """Protect exactly these instances of the group from scale-in."""


class RememberedGroups:
    """Groups that a test puts in; `resize` and `terminate` change the numbers only."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.protected: dict[str, list[str]] = {}

    def put(self, group: Group) -> None:
        """Add a group, or put another in its place."""
        self.groups[group.arn] = group

    def find(self, name_or_arn: str) -> Group | None:
        """The group of that name or ARN, or None."""
        found = (each for each in self.groups.values() if name_or_arn in (each.name, each.arn))
        return next(found, None)

    def resize(self, arn: str, desired: int) -> None:
        """Note the desired capacity."""
        self.put(replace(self.groups[arn], desired=desired))

    def terminate(self, arn: str, instance_ids: Sequence[str]) -> None:
        """Take the instances out of the group."""
        group = self.groups[arn]
        left = tuple(each for each in group.instance_ids if each not in instance_ids)
        self.put(replace(group, instance_ids=left, desired=group.desired - len(instance_ids)))

    def protect(self, arn: str, instance_ids: Sequence[str]) -> None:
        """Note which instances are protected."""
        self.protected[arn] = list(instance_ids)
