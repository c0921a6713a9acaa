"""The nodes of load balancers: one network interface in each subnet that is enabled.

Source:
https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ecs_lab.aws.network import interfaces


def describe(balancer: Any) -> str:
    """What EC2 says an interface of a load balancer is for: `ELB app/web/50dc6c495c0c9188`, or
    `ELB web` for a Classic one.
    """
    return f"ELB {str(getattr(balancer, 'arn', balancer.name)).rpartition('loadbalancer/')[2]}"


def place(
    ec2: Any,
    balancer: Any,
    subnets: Iterable[Any],
    mappings: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Give a load balancer a node in each of these subnets and no other; `mappings` says by subnet
    which AllocationId or PrivateIPv4Address a node shall have.
    """
    wanted = {each.availability_zone: each for each in subnets}
    nodes: dict[str, Any] = vars(balancer).setdefault("nodes", {})
    for zone, node in list(nodes.items()):
        if zone not in wanted or wanted[zone].id != node.subnet.id:
            interfaces.detach(ec2, nodes.pop(zone).id)
    for zone, subnet in wanted.items():
        if zone not in nodes:
            nodes[zone] = _node(ec2, balancer, subnet, (mappings or {}).get(subnet.id, {}))


def _node(ec2: Any, balancer: Any, subnet: Any, mapping: Mapping[str, str]) -> Any:
    elastic = mapping.get("AllocationId")
    node = interfaces.attach(
        ec2,
        subnet,
        describe(balancer),
        list(balancer.security_groups or ()),
        public=balancer.scheme == "internet-facing" and elastic is None,
        address=mapping.get("PrivateIPv4Address"),
    )
    if elastic is not None:
        ec2.associate_address(eni=node, allocation_id=elastic)
    return node


def remove(ec2: Any, balancer: Any) -> None:
    """Take all nodes of a load balancer away."""
    place(ec2, balancer, ())


def regroup(ec2: Any, balancer: Any) -> None:
    """Give the nodes the load balancer's security groups."""
    groups = [ec2.get_security_group_from_id(each) for each in balancer.security_groups]
    for node in balancer.nodes.values():
        node._group_set = groups  # noqa: SLF001 - moto: no public setter
