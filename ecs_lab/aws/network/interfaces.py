"""Network interfaces that AWS makes for its own: of tasks, load balancers and VPC endpoints.

moto: makes none for load balancers. On AWS, and here, DescribeNetworkInterfaces shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ecs_lab.aws.network.addresses import free_address


class SubnetFullError(Exception):
    """A subnet has no free address."""


def attach(
    ec2: Any,
    subnet: Any,
    description: str,
    group_ids: Sequence[str] | None = None,
    *,
    public: bool = False,
    address: str | None = None,
) -> Any:
    """A new interface in a subnet with a free address (or `address`), and the VPC's default group
    where `group_ids` is None. Raises SubnetFullError, also for a subnet that is gone (None).
    """
    if subnet is None:
        raise SubnetFullError("The subnet is no longer there.")
    ip = address or free_address(subnet)
    if ip is None:
        raise SubnetFullError(f"The subnet {subnet.id} has no free address.")
    interface = ec2.create_network_interface(
        subnet,
        ip,
        group_ids=group_ids or None,
        description=description,
        public_ip_auto_assign=public,
    )
    if group_ids is not None and not group_ids:
        interface._group_set = []  # noqa: SLF001 - moto: an empty list gets the default group
    interface.status = "in-use"
    interface.requester_managed = True
    return interface


def detach(ec2: Any, interface_id: str) -> None:
    """Delete an interface and free its address; one that is not there is none."""
    interface = ec2.enis.pop(interface_id, None)
    if interface is not None:
        interface.subnet.del_subnet_ip(interface.private_ip_address)
