"""EC2 Auto Scaling groups for ECS's managed scaling: moto's groups, made to act as EC2's do.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-groups.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends

from ecs_lab.aws.instance_sizes import instance_size
from ecs_lab.engine.auto_scaling_groups import Group
from ecs_lab.engine.capacity_scaling import Room

if TYPE_CHECKING:
    from ecs_lab.aws.world import World


EC2_DEFAULT = "m1.small"
"""The instance type that EC2 takes when nobody names one.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
"""


class MotoGroups:
    """The Auto Scaling groups of one Region, as `engine.auto_scaling_groups` asks for them."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        self._world = world
        self._account_id = account_id
        self._region = region

    @property
    def _backend(self) -> Any:
        return autoscaling_backends[self._account_id][self._region]

    def _group(self, name_or_arn: str) -> Any:
        groups = self._backend.autoscaling_groups.values()
        return next((each for each in groups if name_or_arn in (each.name, each.arn)), None)

    def find(self, name_or_arn: str) -> Group | None:
        """The group of that name or ARN, or None."""
        found = self._group(name_or_arn)
        if found is None:
            return None
        size = instance_size(_instance_type(found))
        return Group(
            name=found.name,
            arn=found.arn,
            min_size=found.min_size,
            max_size=found.max_size,
            desired=found.desired_capacity,
            instance_ids=tuple(each.instance.id for each in found.instance_states),
            room=Room(
                size.cpu_units, size.linux_memory_mib, size.gpus, size.network_interfaces - 1
            ),
            protects_new_instances=bool(found.new_instances_protected_from_scale_in),
        )

    def resize(self, arn: str, desired: int) -> None:
        """Set the desired capacity: the instances are launched at once, and boot."""
        self._backend.set_desired_capacity(self._group(arn).name, desired)
        self._world.observe_instances()

    def terminate(self, arn: str, instance_ids: Sequence[str]) -> None:
        """Terminate these instances of the group, which shrinks by as many."""
        for each in instance_ids:
            self._backend.terminate_instance(each, should_decrement=True)
        self._world.observe_instances()

    def protect(self, arn: str, instance_ids: Sequence[str]) -> None:
        """Protect exactly these instances of the group from scale-in."""
        for state in self._group(arn).instance_states:
            state.protected_from_scale_in = state.instance.id in instance_ids


def _instance_type(group: Any) -> str:
    """The type of the group's instances; with a mixed instances policy the first of its list,
    which is what moto launches.
    """
    policy = group.mixed_instances_policy or {}
    overrides = policy.get("LaunchTemplate", {}).get("Overrides") or []
    named = next((each["InstanceType"] for each in overrides if "InstanceType" in each), None)
    return str(named or group.instance_type or EC2_DEFAULT)


_launch_in_first_subnet = FakeAutoScalingGroup.replace_autoscaling_group_instances


def _launch_evenly(group: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
    """Launch instances one after the other, each in the subnet that has the fewest."""
    subnets = (group.vpc_zone_identifier or "").split(",")
    if len(subnets) < 2:
        _launch_in_first_subnet(group, count_needed, propagated_tags)
        return
    try:
        for _ in range(count_needed):
            there = Counter(each.instance.subnet_id for each in group.instance_states)
            group.vpc_zone_identifier = min(subnets, key=lambda each: there[each])
            _launch_in_first_subnet(group, 1, propagated_tags)
    finally:
        group.vpc_zone_identifier = ",".join(subnets)


_set_desired_capacity = FakeAutoScalingGroup.set_desired_capacity


def _shrink_oldest_first(group: Any, new_capacity: int | None) -> None:
    group.instance_states.sort(key=_age)
    _set_desired_capacity(group, new_capacity)


def _age(state: Any) -> tuple[Any, str]:
    return state.instance.launch_time, state.instance.id


def _mend(name: str, function: Any) -> None:
    setattr(FakeAutoScalingGroup, name, function)


# moto: launches all instances of a group in its first subnet; EC2 Auto Scaling keeps the zones
# even. https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html
_mend("replace_autoscaling_group_instances", _launch_evenly)
# moto: keeps the instances that are left as a set's order has them, so that the next to go would
# differ from run to run.
_mend("set_desired_capacity", _shrink_oldest_first)
