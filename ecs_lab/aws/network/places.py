"""Where a packet starts or arrives in the lab."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends

if TYPE_CHECKING:
    from ecs_lab.engine.model import Task

SOMEWHERE = "203.0.113.10"
"""An address of the internet, out of a range that is kept for examples.

Source: https://www.rfc-editor.org/rfc/rfc5737
"""


class NoPlaceError(LookupError):
    """What has no network interface is nowhere; the text says what and why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a packet starts or arrives.

    `name` stands in the sentences of obstacles, such as "the task 3f2a". `address` is the private
    IPv4 address (the public one on the internet, where `vpc_id` is None); `public_ip` the public
    one, if there is any. `outside` says that a packet is sent to the public address, as it is when
    the name of an internet-facing load balancer is asked for, whoever asks.
    """

    name: str
    address: str
    public_ip: str | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    zone: str | None = None
    group_ids: tuple[str, ...] = ()
    account_id: str = ""
    region: str = ""
    outside: bool = False
    client: str | None = None

    @property
    def ec2(self) -> Any:
        """moto's EC2 of the place's Region."""
        return ec2_backends[self.account_id][self.region]

    def from_outside(self) -> Place:
        """This place, reached at its public address."""
        return replace(self, outside=True)

    def for_client(self, address: str) -> Place:
        """This node of a Network Load Balancer, when it keeps the address of its client.

        Source:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
        """
        return replace(self, client=address)


def internet(address: str = SOMEWHERE) -> Place:
    """Somewhere outside AWS."""
    return Place("the internet", address, public_ip=address)


def of_interface(interface: Any, name: str) -> Place:
    """The place of one of moto's network interfaces."""
    subnet, ec2 = interface.subnet, interface.ec2_backend
    return Place(
        name,
        interface.private_ip_address,
        public_ip=interface.public_ip,
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.id,
        zone=subnet.availability_zone,
        group_ids=tuple(sorted(each.id for each in interface.group_set)),
        account_id=ec2.account_id,
        region=ec2.region_name,
    )


def of_task(task: Task) -> Place:
    """The place of a task: its own network interface in awsvpc mode, else its instance's primary
    one. Raises NoPlaceError for a task that has none.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html
    """
    _, _, _, region, account_id, _ = task.arn.split(":", 5)
    ec2: Any = ec2_backends[account_id][region]
    name = f"the task {task.id}"
    if task.interface is not None:
        interface = ec2.enis.get(task.interface.eni_id)
        if interface is not None:
            return of_interface(interface, name)
    if task.interface is None and task.container_instance is not None:
        instance = ec2.get_instance_by_id(task.container_instance.ec2_instance_id)
        if instance is not None:
            return replace(of_instance(instance), name=name)
    raise NoPlaceError(f"The task {task.id} has no network interface (now {task.last_status}).")


def of_instance(instance: Any) -> Place:
    """The place of one of moto's EC2 instances: its primary network interface."""
    primary = instance.nics.get(0)
    if primary is None:
        raise NoPlaceError(f"The instance {instance.id} has no network interface.")
    return of_interface(primary, f"the instance {instance.id}")


def of_load_balancer(balancer: Any, zone: str) -> Place:
    """The place of a load balancer's node in an Availability Zone that is enabled for it.

    `balancer` is moto's Application, Network or Classic Load Balancer. A Network Load Balancer
    may have no security groups: then only those of its targets count.
    Source:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
    """
    interface = balancer.nodes.get(zone)
    if interface is None:
        raise NoPlaceError(f"The load balancer {balancer.name} is not enabled in {zone}.")
    return of_interface(interface, f"the load balancer {balancer.name}")


def of_mount_target(mount_target: Any, ec2: Any) -> Place:
    """The place of one of moto's EFS mount targets; `ec2` is moto's EC2 of its Region."""
    interface = ec2.enis[mount_target.network_interface_id]
    place = of_interface(interface, f"the mount target {mount_target.mount_target_id}")
    return replace(place, address=mount_target.ip_address)


def of_endpoint(endpoint: Any, zone: str) -> Place:
    """The place of an interface VPC endpoint's network interface in a zone."""
    ec2 = endpoint.ec2_backend
    for interface_id in endpoint.network_interface_ids:
        interface = ec2.enis.get(interface_id)
        if interface is not None and interface.subnet.availability_zone == zone:
            return of_interface(interface, f"the VPC endpoint {endpoint.id}")
    raise NoPlaceError(f"The VPC endpoint {endpoint.id} has no network interface in {zone}.")


def at(address: str, source: Place) -> Place | None:
    """What has an address, as a place reaches it: at a private one an interface of the place's VPC
    (or, where there is none, of another VPC of its Region), at a public one an interface of any
    VPC, reached from outside. None for nothing in the lab.
    """
    elsewhere = None
    for each in source.ec2.enis.values() if source.vpc_id is not None else ():
        if each.private_ip_address == address:
            place = of_interface(each, _describe(each))
            if place.vpc_id == source.vpc_id:
                return place
            elsewhere = place
    return elsewhere or _at_public(address)


def _at_public(address: str) -> Place | None:
    for regions in ec2_backends.values():
        for ec2 in regions.values():
            for each in ec2.enis.values():
                if each.public_ip == address:
                    return of_interface(each, _describe(each)).from_outside()
    return None


def _describe(interface: Any) -> str:
    """What an interface belongs to, for sentences."""
    if interface.instance is not None:
        return f"the instance {interface.instance.id}"
    return f"the network interface {interface.id} ({interface.description or 'of no description'})"
