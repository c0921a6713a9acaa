"""DNS failover: zones without a healthy target are not in a load balancer's DNS answer, unless none
has any.

Only where nodes send to their own zone alone: otherwise a node without healthy targets in its zone
sends to those of the others.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecs_lab.aws.target_groups import LabTargetGroup
from ecs_lab.aws.traffic import arrivals, choosing, network_balancer

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic


def in_service(traffic: Traffic, addresses: list[str]) -> list[str]:
    """Those of a DNS answer's addresses that are no nodes of such zones."""
    out = {
        address
        for balancer in arrivals.balancers(traffic)
        if any(address_of in addresses for address_of in _addresses(balancer))
        for zone in set(balancer.nodes) - zones(traffic, balancer)
        for address in _addresses(balancer, zone)
    }
    return [each for each in addresses if each not in out]


def _addresses(balancer: Any, zone: str | None = None) -> list[str]:
    found = [node for each, node in balancer.nodes.items() if zone in (None, each)]
    return [a for node in found for a in (node.private_ip_address, node.public_ip) if a]


def zones(traffic: Traffic, balancer: Any) -> set[str]:
    """The zones whose nodes are in the DNS answer of a load balancer."""
    every = set(balancer.nodes)
    groups = [each for each in traffic.groups_of(balancer) if not _crosses(balancer, each)]
    if not groups:
        return every
    well = {zone for zone in every if all(choosing.any_healthy(each, zone) for each in groups)}
    return well or every


def _crosses(balancer: Any, group: LabTargetGroup) -> bool:
    if balancer.type == "network":
        return network_balancer.crosses_zones(balancer, group)
    return str(group.attributes.get("load_balancing.cross_zone.enabled")) != "false"
