"""Classic Load Balancers: a listener hands requests on to a port of the instances.

HTTP goes to the instance with the fewest outstanding requests, TCP to each in turn; a node sends to
instances of its own zone unless cross-zone load balancing is on.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
"""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecs_lab.aws import network
from ecs_lab.aws.checked_targets import FAILED, Registered
from ecs_lab.aws.classic_targets import ClassicTargets
from ecs_lab.aws.network import NoPlaceError, Place
from ecs_lab.aws.traffic import application, choosing, forwarding
from ecs_lab.aws.traffic.checks import USER_AGENT
from ecs_lab.aws.traffic.network_balancer import where
from ecs_lab.aws.traffic.visits import Visit
from ecs_lab.aws.traffic.ways import refused
from ecs_lab.engine.surroundings import HEALTHY, TargetHealth
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.messages import Request, Response
from ecs_lab.runtime.replies import Hop, Reply, through

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic

HTTP = ("HTTP", "HTTPS")
SECURE = ("HTTPS", "SSL")


def answer(visit: Visit, port: int) -> Reply:
    """What a client gets at a port of a node; raises UnreachableError."""
    listeners = {int(each.load_balancer_port): each for each in visit.balancer.listeners}
    listener = listeners.get(port)
    if listener is None:
        raise application.no_listener(visit, port)
    visit = visit.further(Hop("listener", f"{listener.protocol}:{port}"))
    if (listener.protocol in SECURE) != (visit.request.scheme == "https"):
        raise UnreachableError(f"{where(visit)}: the listener speaks {listener.protocol}.")
    targets: ClassicTargets = visit.balancer.targets
    target = _choose(visit, targets, listener)
    http = listener.protocol in HTTP
    if target is None:
        if http:
            return visit.error(503, "no instance is in service")
        raise refused(where(visit), "No instance is in service.")
    return _to_instance(visit, targets, target, int(listener.instance_port), http=http)


def _choose(visit: Visit, targets: ClassicTargets, listener: Any) -> Registered | None:
    crosses = visit.balancer.attributes["cross_zone_load_balancing"]["enabled"]
    zone = None if str(crosses).lower() == "true" else visit.node.zone
    algorithm = "least_outstanding_requests" if listener.protocol in HTTP else "round_robin"
    found = choosing.target(visit.traffic.turns, targets, algorithm, zone, visit.traffic.now())
    # It does not fail open: without an instance in service nobody is asked.
    return found if found is not None and targets.health(found.key) is HEALTHY else None


def _to_instance(
    visit: Visit, targets: ClassicTargets, target: Registered, port: int, *, http: bool
) -> Reply:
    zone = targets.zone_of(target) or ""
    visit = visit.further(Hop("target", f"{target.id}:{port}", target.id, zone, "InService"))
    blocked = leg(visit.traffic, visit.node, targets, target, port)
    if blocked is not None:
        if http:
            return visit.error(504, blocked, forwarding.CONNECTION_TIMEOUT_S)
        raise UnreachableError(f"{where(visit)}: connection timed out. {blocked}")
    headers = forwarding.forwarded(visit) if http else visit.request.headers
    request = replace(visit.request, headers=headers, client_ip=visit.node.address)
    response = visit.traffic.world.answer_at(target.id, port, request)
    if response is None:
        if http:
            return visit.error(503, f"nothing listens on port {port} of the instance")
        raise refused(where(visit), f"Nothing listens on port {port} of {target.id}.")
    heapq.heappush(target.busy_until_s, visit.traffic.now() + response.took_s)
    return through(visit.hops, response)


def leg(
    traffic: Traffic, node: Place, targets: ClassicTargets, target: Registered, port: int
) -> str | None:
    """What keeps a node from an instance, in a sentence, or None."""
    instance = targets.instance(target)
    if instance is None:
        return f"The instance {target.id} is gone."
    try:
        place = network.of_instance(instance)
    except NoPlaceError as error:
        return str(error)
    found = traffic.ways.obstacle(traffic.world.changes, node, place, port)
    return found.sentence if found is not None else None


def check(traffic: Traffic, targets: ClassicTargets, target: Registered) -> TargetHealth:
    """What one health check of an instance finds: HTTP has to answer 200, TCP to listen.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-healthchecks.html
    """
    protocol, port, path = targets.question
    zone, nodes = targets.zone_of(target), targets.balancer.nodes
    if nodes:
        near = str(zone if zone in nodes else next(iter(nodes)))
        node = network.of_load_balancer(targets.balancer, near)
        if leg(traffic, node, targets, target, port) is not None:
            return FAILED
    request = Request(path=path or "/", headers={"host": target.id, "user-agent": USER_AGENT})
    response: Response | None = traffic.world.answer_at(target.id, port, request)
    if response is None or response.took_s > targets.settings.timeout_s:
        return FAILED
    return HEALTHY if protocol not in HTTP or response.status == 200 else FAILED
