"""From a rule of an Application Load Balancer to the answer of a target: target groups by weight,
stickiness, the target itself.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecs_lab.aws.checked_targets import Registered
from ecs_lab.aws.target_groups import LabTargetGroup
from ecs_lab.aws.traffic import choosing, stickiness
from ecs_lab.aws.traffic.visits import Visit
from ecs_lab.runtime.replies import Hop, Reply, through, with_headers

CONNECTION_TIMEOUT_S = 10.0
IDLE_TIMEOUT_S = 60.0
"""How long a load balancer waits for a connection to a target, and for its answer.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
"""


def forward(visit: Visit, rule: Any, action: Mapping[str, Any]) -> Reply:
    """To one of the target groups, as their weights (or the client's cookie) say."""
    config = action.get("ForwardConfig") or {}
    weights = {
        each["TargetGroupArn"]: float(each.get("Weight", 1))
        for each in config.get("TargetGroups") or []
    }
    if not weights:
        weights = {str(action["TargetGroupArn"]): 1.0}
    now_s, sticky = visit.traffic.now(), config.get("TargetGroupStickinessConfig") or {}
    held = str(sticky.get("Enabled")).lower() == "true"
    arn = stickiness.bound_to(visit.request, stickiness.GROUP, rule.arn, now_s) if held else None
    if arn not in weights:
        arn = _weighted(visit, rule, weights)
    if arn is None:
        return visit.error(503, "every target group of the rule has the weight 0")
    reply = _to_group(visit, visit.traffic.group(visit.balancer, arn))
    if not held:
        return reply
    lasts_s = float(sticky.get("DurationSeconds") or stickiness.DEFAULT_DURATION_S)
    return _set(reply, stickiness.cookies(stickiness.GROUP, rule.arn, arn, now_s, lasts_s))


def _weighted(visit: Visit, rule: Any, weights: Mapping[str, float]) -> str | None:
    weighted = {arn: weight for arn, weight in weights.items() if weight > 0}
    if len(weighted) < 2:
        return next(iter(weighted), None)
    return visit.traffic.turns.weighted(rule.arn, weighted)


def _to_group(visit: Visit, group: LabTargetGroup | None) -> Reply:
    if group is None:
        return visit.error(503, "the target group is gone")
    algorithm = str(group.attributes.get("load_balancing.algorithm.type"))
    visit = visit.further(Hop("target group", group.name, group.arn, "", algorithm))
    sticky = stickiness.kind(group.attributes)
    target = _bound(visit, group, sticky) or choosing.target(
        visit.traffic.turns, group, algorithm, _only_zone(visit, group), visit.traffic.now()
    )
    if target is None:
        return visit.error(503, "no target is registered that could answer")
    reply = _to_target(visit, group, target)
    if sticky not in ("lb_cookie", "app_cookie"):
        return reply
    return _stick(visit, group, target, sticky, reply)


def _only_zone(visit: Visit, group: LabTargetGroup) -> str | None:
    """The node's zone where the target group turns cross-zone load balancing off."""
    off = str(group.attributes.get("load_balancing.cross_zone.enabled")) == "false"
    return visit.node.zone if off else None


def _bound(visit: Visit, group: LabTargetGroup, sticky: str | None) -> Registered | None:
    now_s = visit.traffic.now()
    if sticky == "lb_cookie":
        name = stickiness.TARGET
    elif sticky == "app_cookie":
        name = stickiness.APPLICATION
        own = str(group.attributes.get("stickiness.app_cookie.cookie_name"))
        if own not in stickiness.cookies_of(visit.request):
            return None
    else:
        return None
    where = stickiness.bound_to(visit.request, name, group.arn, now_s)
    return choosing.by_name(group, where) if where is not None else None


def _stick(
    visit: Visit, group: LabTargetGroup, target: Registered, sticky: str, reply: Reply
) -> Reply:
    name = stickiness.TARGET if sticky == "lb_cookie" else stickiness.APPLICATION
    if name == stickiness.APPLICATION:
        own = str(group.attributes.get("stickiness.app_cookie.cookie_name"))
        again = name in stickiness.cookies_of(visit.request)
        if not again and not stickiness.sets_cookie(reply, own):
            return reply
    lasts_s = stickiness.duration_s(group.attributes, sticky)
    now_s = visit.traffic.now()
    return _set(reply, stickiness.cookies(name, group.arn, target.name, now_s, lasts_s))


def _set(reply: Reply, lines: Sequence[str]) -> Reply:
    """The reply with more Set-Cookie lines."""
    before = reply.headers.get("set-cookie")
    return with_headers(reply, {"set-cookie": "\n".join([*([before] if before else []), *lines])})


def _to_target(visit: Visit, group: LabTargetGroup, target: Registered) -> Reply:
    """Ask the target; what keeps it from answering becomes the load balancer's own error.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    """
    traffic, now_s = visit.traffic, visit.traffic.now()
    health = group.health(target.key).state
    visit = visit.further(
        Hop("target", target.name, target.id, group.zone_of(target) or "", health)
    )
    traffic.metrics.chosen(visit.balancer, group)
    blocked = traffic.leg_to_target(visit.node, group, target, target.port)
    if blocked is not None:
        return visit.error(504, blocked, CONNECTION_TIMEOUT_S)
    asked = replace(visit.request, headers=forwarded(visit), client_ip=visit.node.address)
    response = traffic.at_target(target, target.port, asked)
    if response is None:
        why = "the target refused the connection: nothing in it listens on this port"
        return visit.error(502, why)
    idle_s = float(visit.balancer.attrs.get("idle_timeout.timeout_seconds") or IDLE_TIMEOUT_S)
    heapq.heappush(target.busy_until_s, now_s + min(response.took_s, idle_s))
    if response.took_s > idle_s:
        why = f"the target did not answer within the idle timeout of {idle_s:g} s"
        return visit.error(504, why, idle_s)
    traffic.metrics.answered(visit.balancer, group, response)
    return through(visit.hops, response)


def forwarded(visit: Visit) -> dict[str, str]:
    """The headers that a target gets.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
    """
    headers, attributes = dict(visit.request.headers), getattr(visit.balancer, "attrs", {})
    mode = attributes.get("routing.http.xff_header_processing.mode", "append")
    client = visit.request.client_ip
    if mode == "append":
        before = headers.get("x-forwarded-for")
        headers["x-forwarded-for"] = f"{before}, {client}" if before else client
    elif mode == "remove":
        headers.pop("x-forwarded-for", None)
    headers["x-forwarded-proto"] = visit.request.scheme
    headers["x-forwarded-port"] = visit.hops[1].name.rpartition(":")[2]
    headers["x-amzn-trace-id"] = _trace(visit, headers.get("x-amzn-trace-id"))
    return headers


def _trace(visit: Visit, before: str | None) -> str:
    """A trace id of the load balancer's, beside the root that the request came with, if any.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
    """
    digits = f"{visit.traffic.turns.random.getrandbits(96):024x}"
    own = f"1-{int(visit.traffic.now()):08x}-{digits}"
    return f"Self={own};{before}" if before and "Root=" in before else f"Root={own}"
