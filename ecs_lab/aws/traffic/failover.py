"""DNS failover: zones without a healthy target are not in a load balancer's DNS answer, unless none
has any.

Only where nodes send to their own zone alone: otherwise a node without healthy targets in its zone
sends to those of the others.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecs_lab.aws.target_groups import LabTargetGroup
from ecs_lab.aws.traffic import choosing, network_balancer

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic


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
