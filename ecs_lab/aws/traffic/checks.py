"""One health check of a target: a node of a load balancer asks it, by the group's settings.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ecs_lab.aws import network
from ecs_lab.aws.checked_targets import FAILED, TIMED_OUT, Registered
from ecs_lab.aws.network import NoPlaceError, Place
from ecs_lab.aws.target_groups import LabTargetGroup
from ecs_lab.engine.surroundings import HEALTHY, TargetHealth
from ecs_lab.runtime.messages import Request, Response

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic

USER_AGENT = "ELB-HealthChecker/2.0"
DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}
GRPC_OF_OTHERS = 12
"""UNIMPLEMENTED, what a gRPC server answers to a path that it does not have: the default code."""


def check(traffic: Traffic, group: LabTargetGroup, target: Registered) -> TargetHealth:
    """What one health check finds: healthy, or unhealthy with its reason."""
    own = group.health_check_port in (None, "traffic-port")
    port = target.port if own else int(str(group.health_check_port))
    node = _node(traffic, group, target)
    late = TIMED_OUT if group.for_http else FAILED
    if node is not None and traffic.leg_to_target(node, group, target, port) is not None:
        return late
    response = traffic.at_target(target, port, _question(group, target, port))
    if response is None:
        return FAILED
    if response.took_s > float(group.health_check_timeout_seconds):
        return late
    if group.health_check_protocol not in DEFAULT_PORTS:
        return HEALTHY  # TCP: a connection is all that is asked for
    return _judge(group, response)


def _node(traffic: Traffic, group: LabTargetGroup, target: Registered) -> Place | None:
    """The node that asks: in the target's zone if there is one."""
    zone = group.zone_of(target)
    try:
        find = partial(_nearest, group, zone)
        return traffic.ways.place(traffic.world.changes, (group.arn, zone), find)
    except NoPlaceError:
        return None


def _nearest(group: LabTargetGroup, zone: str | None) -> Place:
    """A node of a load balancer that forwards to the group; raises NoPlaceError without any."""
    balancers = group.balancers()
    if not balancers:
        raise NoPlaceError(f"No load balancer forwards to {group.name}.")
    nodes: dict[str, Any] = balancers[0].nodes
    near = zone if zone in nodes else next(iter(nodes))
    return network.of_load_balancer(balancers[0], str(near))


def _question(group: LabTargetGroup, target: Registered, port: int) -> Request:
    scheme = "https" if group.health_check_protocol == "HTTPS" else "http"
    usual = DEFAULT_PORTS.get(str(group.health_check_protocol)) == port
    host = target.id if usual else f"{target.id}:{port}"
    headers = {"host": host, "user-agent": USER_AGENT}
    return Request(path=group.health_check_path or "/", headers=headers, scheme=scheme)


def _judge(group: LabTargetGroup, response: Response) -> TargetHealth:
    """By the matcher: HTTP codes such as `200,301` or `200-399`, or gRPC codes."""
    matcher = getattr(group, "matcher", None) or {}
    if str(group.protocol_version).upper() == "GRPC":
        code = int(response.headers.get("grpc-status", 0 if response.status == 200 else -1))
        codes = str(matcher.get("GrpcCode") or GRPC_OF_OTHERS)
    else:
        code, codes = response.status, str(matcher.get("HttpCode") or "200")
    if _matches(codes, code):
        return HEALTHY
    if not group.for_http:
        return FAILED
    text = f"Health checks failed with these codes: [{code}]"
    return TargetHealth("unhealthy", "Target.ResponseCodeMismatch", text)


def _matches(codes: str, code: int) -> bool:
    for each in codes.split(","):
        low, _, high = each.partition("-")
        if int(low) <= code <= int(high or low):
            return True
    return False
