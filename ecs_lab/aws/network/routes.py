"""Route tables: which way a packet takes out of its subnet, and whether that way is open.

Of the routes that fit the most specific one counts. Within the VPC the lab always takes the local
one; AWS lets a more specific route lead through a gateway or an appliance.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html
"""

from __future__ import annotations

from typing import Any

from ecs_lab.aws.network.addresses import block, within
from ecs_lab.aws.network.security_groups import prefix_list


def table_of(ec2: Any, vpc_id: str, subnet_id: str) -> Any:
    """moto's route table of a subnet: the one it is associated with, else the VPC's main one."""
    main = None
    for table in ec2.route_tables.values():
        if table.vpc_id == vpc_id:
            if subnet_id in table._associations.values():  # noqa: SLF001 - moto: its property builds a list of dictionaries each time
                return table
            if table.main_association_id is not None:
                main = table
    return main


def route_to(ec2: Any, table: Any, address: str) -> Any:
    """The most specific of a table's routes to an address, or None."""
    best, best_mask = None, -1
    for route in table.routes:
        for cidr in _destinations(ec2, route):
            mask = block(cidr)[1]
            if mask > best_mask and within(address, cidr):
                best, best_mask = route, mask
    return best


def _destinations(ec2: Any, route: Any) -> list[str]:
    if route.destination_prefix_list is not None:
        return prefix_list(ec2, route.destination_prefix_list.id)
    return [route.destination_cidr_block] if route.destination_cidr_block else []


def is_internet_gateway(ec2: Any, route: Any, vpc_id: str) -> bool:
    """Whether a route leads to an internet gateway that is attached to the VPC."""
    gateway = route.gateway if route is not None else None
    attached = ec2.internet_gateways.get(gateway.id) if gateway is not None else None
    return attached is not None and attached.vpc is not None and attached.vpc.id == vpc_id
