"""Who sends a request: somebody on the internet, a machine in a subnet, a container of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecs_lab.aws import network
from ecs_lab.aws.network import NoPlaceError, Place
from ecs_lab.aws.network.places import SOMEWHERE
from ecs_lab.engine.model import Container, Task

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

FIRST_FREE_HOST = 4
"""The first address of a subnet that AWS does not keep.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request comes from, and from which container if it is one's."""

    place: Place
    task: Task | None = None
    container: Container | None = None


def internet() -> Source:
    """A client somewhere outside AWS."""
    return Source(network.internet())


def of_task(task: Task, container: Container | None = None) -> Source:
    """A container of a task; raises LookupError for a task without network."""
    return Source(network.of_task(task), task, container)


def described(world: World, description: Mapping[str, Any]) -> Source:
    """The source that a JSON-able description means: {} (the internet), {"subnet": id,
    "security_groups": [ids]} or {"task": ARN, "container": name}.

    Raises LookupError for what is not there.
    """
    if description.get("task"):
        return _task(world, str(description["task"]), description.get("container"))
    if description.get("subnet"):
        groups = [str(each) for each in description.get("security_groups") or []]
        return Source(_in_subnet(world, str(description["subnet"]), groups))
    return internet()


def _task(world: World, arn: str, container_name: object) -> Source:
    task = world.find_task(arn)
    if task is None:
        raise LookupError(f"There is no task {arn} in this lab: give the ARN of one that runs.")
    names = [each.name for each in task.containers]
    wanted = container_name or names[0]
    if wanted not in names:
        raise LookupError(f"The task has no container {wanted!r}; it has: {', '.join(names)}.")
    try:
        return of_task(task, task.containers[names.index(str(wanted))])
    except NoPlaceError as error:
        raise LookupError(str(error)) from None


def _in_subnet(world: World, subnet_id: str, group_ids: list[str]) -> Place:
    """A machine in a subnet, with a public address where the subnet gives one to what starts in
    it, and the VPC's default security group unless others are named.
    """
    ec2 = world.ec2
    zones = ec2.subnets.values()
    subnet = next((found for zone in zones if (found := zone.get(subnet_id)) is not None), None)
    if subnet is None:
        raise LookupError(f"There is no subnet {subnet_id!r} in this lab.")
    for each in group_ids:
        if ec2.get_security_group_from_id(each) is None:
            raise LookupError(f"There is no security group {each!r} in this lab.")
    default = ec2.get_security_group_from_name("default", subnet.vpc_id)
    public = SOMEWHERE if subnet.map_public_ip_on_launch in (True, "true") else None
    return Place(
        f"a machine in {subnet_id}",
        str(subnet.cidr[FIRST_FREE_HOST]),
        public_ip=public,
        vpc_id=subnet.vpc_id,
        subnet_id=subnet_id,
        zone=subnet.availability_zone,
        group_ids=tuple(sorted(group_ids or [default.id])),
        account_id=world.account_id,
        region=world.region,
    )
