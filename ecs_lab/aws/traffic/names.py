"""Names: which addresses the lab's DNS gives for a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecs_lab.aws import network
from ecs_lab.aws.traffic import arrivals, failover
from ecs_lab.aws.traffic.sources import Source
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic


def addresses(traffic: Traffic, source: Source, host: str) -> list[str]:
    """The addresses of a name, at least one; an address is its own name. Raises UnreachableError.

    The name of an internet-facing load balancer means its public addresses, whoever asks.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
    """
    for balancer in arrivals.balancers(traffic):
        if balancer.dns_name.lower() == host.lower():
            return _of_nodes(balancer, failover.zones(traffic, balancer))
    found = network.addresses(host, source.place)
    if not found:
        raise UnreachableError(f"Could not resolve host: {host}")
    return found


def _of_nodes(balancer: Any, zones: set[str]) -> list[str]:
    nodes = [node for zone, node in balancer.nodes.items() if zone in zones]
    if balancer.scheme == "internet-facing":
        return [each.public_ip or each.private_ip_address for each in nodes]
    return [each.private_ip_address for each in nodes]
