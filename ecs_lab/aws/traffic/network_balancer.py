"""Network Load Balancers: a listener hands connections on to the targets of its group, as they are.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

from ecs_lab.aws.checked_targets import Registered
from ecs_lab.aws.target_groups import LabTargetGroup
from ecs_lab.aws.traffic import application, choosing, stickiness
from ecs_lab.aws.traffic.visits import Visit
from ecs_lab.aws.traffic.ways import refused
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.messages import Request
from ecs_lab.runtime.replies import Hop, Reply, through

ALWAYS_PRESERVED = ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC")


def answer(visit: Visit, port: int) -> Reply:
    """What a client gets at a port of a node; raises UnreachableError where no connection comes
    about.
    """
    listener = next((e for e in visit.balancer.listeners.values() if int(e.port) == port), None)
    if listener is None:
        raise application.no_listener(visit, port)
    visit = visit.further(Hop("listener", f"{listener.protocol}:{port}", listener.arn))
    if listener.protocol == "TLS" and visit.request.scheme != "https":
        raise UnreachableError(
            f"{where(visit)}: the TLS listener closed the connection: use https://."
        )
    group = _group(visit, listener)
    if group is None:
        raise refused(where(visit), "The listener's target group is gone.")
    visit = visit.further(Hop("target group", group.name, group.arn, "", "flow hash"))
    target = _target(visit, group)
    if target is None:
        raise refused(where(visit), f"The target group {group.name} has no target for this node.")
    return _to_target(visit, group, target)


def where(visit: Visit) -> str:
    """The address that the client asked."""
    return f"{visit.request.scheme}://{visit.request.headers['host']}"


def crosses_zones(balancer: Any, group: LabTargetGroup) -> bool:
    """Whether the nodes send to targets in other zones: not unless the target group, or else the
    load balancer, says so.
    """
    own = str(group.attributes.get("load_balancing.cross_zone.enabled"))
    if own in ("true", "false"):
        return own == "true"
    return str(balancer.attrs.get("load_balancing.cross_zone.enabled")) == "true"


def preserves_client(group: LabTargetGroup) -> bool:
    """Whether targets see the client's address."""
    if group.protocol in ALWAYS_PRESERVED:
        return True
    said = group.attributes.get("preserve_client_ip.enabled")
    return str(said) == "true" if said is not None else group.target_type == "instance"


def _group(visit: Visit, listener: Any) -> LabTargetGroup | None:
    """The target group of the listener; of several in turn, as their weights say."""
    data = listener.default_actions[-1].data
    groups = (data.get("ForwardConfig") or {}).get("TargetGroups") or []
    weights = {each["TargetGroupArn"]: float(each.get("Weight", 1)) for each in groups}
    weights = {arn: weight for arn, weight in weights.items() if weight > 0}
    if len(weights) > 1:
        arn = visit.traffic.turns.weighted(listener.arn, weights)
    else:
        arn = next(iter(weights), None) or data.get("TargetGroupArn")
    return visit.traffic.group(visit.balancer, str(arn))


def _target(visit: Visit, group: LabTargetGroup) -> Registered | None:
    """AWS chooses by a hash of the connection's addresses and ports; the lab, whose requests have
    no ports of their own, lets the targets take turns. With stickiness by source the client's
    address alone decides.
    """
    zone = None if crosses_zones(visit.balancer, group) else visit.node.zone
    if stickiness.kind(group.attributes) == "source_ip":
        found = choosing.usable(group, zone)
        client = visit.request.client_ip.encode()
        return found[zlib.crc32(client) % len(found)] if found else None
    return choosing.target(visit.traffic.turns, group, "round_robin", zone, visit.traffic.now())


def _to_target(visit: Visit, group: LabTargetGroup, target: Registered) -> Reply:
    health = group.health(target.key).state
    zone = group.zone_of(target) or ""
    visit = visit.further(Hop("target", target.name, target.id, zone, health))
    kept = preserves_client(group) and not visit.private_link
    node = visit.node.for_client(visit.request.client_ip) if kept else visit.node
    visit.traffic.metrics.chosen(visit.balancer, group)
    blocked = visit.traffic.leg_to_target(node, group, target, target.port)
    if blocked is not None:
        raise UnreachableError(f"{where(visit)}: connection timed out. {blocked}")
    request = visit.request if kept else _from_node(visit)
    response = visit.traffic.at_target(target, target.port, request)
    if response is None:
        raise refused(where(visit), f"Nothing listens at the target {target.name}.")
    visit.traffic.metrics.answered(visit.balancer, group, response)
    return through(visit.hops, response)


def _from_node(visit: Visit) -> Request:
    return replace(visit.request, client_ip=visit.node.address)
