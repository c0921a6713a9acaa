"""Application Load Balancers: listener, rules by their priority, actions, target group, target.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ecs_lab.aws.traffic import conditions, forwarding
from ecs_lab.aws.traffic.visits import SERVER, Visit
from ecs_lab.aws.traffic.ways import refused
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.replies import Hop, Reply


def answer(visit: Visit, port: int) -> Reply:
    """What a client gets at a port of a load balancer's node; raises UnreachableError where no
    listener has the port.
    """
    listener = next((e for e in visit.balancer.listeners.values() if int(e.port) == port), None)
    if listener is None:
        raise no_listener(visit, port)
    name = f"{listener.protocol}:{port}"
    visit = visit.further(Hop("listener", name, listener.arn))
    if (listener.protocol == "HTTPS") != (visit.request.scheme == "https"):
        return _wrong_scheme(visit, listener)
    for rule in _by_priority(listener):
        if rule.is_default or conditions.all_hold(rule.conditions, visit.request):
            number = "default" if rule.is_default else f"priority {rule.priority}"
            detail = "" if rule.is_default else conditions.told(rule.conditions)
            return _act(visit.further(Hop("rule", number, rule.arn, "", detail)), rule)
    raise AssertionError("a listener has a default rule")


def no_listener(visit: Visit, port: int) -> UnreachableError:
    """The error of a client at a port without listener; AWS does not say which, the lab takes that
    of any host where nobody listens.
    """
    name = visit.balancer.name
    return refused(
        f"{visit.request.scheme}://{visit.request.headers['host']}",
        f"The load balancer {name} has no listener on port {port}: create one.",
    )


def _wrong_scheme(visit: Visit, listener: Any) -> Reply:
    if listener.protocol == "HTTPS":
        return visit.error(400, "plain HTTP was sent to an HTTPS listener: use https://")
    raise UnreachableError(
        f"https://{visit.balancer.dns_name}: the TLS handshake failed. The listener on port "
        f"{listener.port} speaks {listener.protocol}: ask it with http://."
    )


def _by_priority(listener: Any) -> list[Any]:
    """A listener's rules, the default one last. moto: keeps them as they were made."""
    rules = listener.rules.values()
    return sorted(rules, key=lambda each: float("inf") if each.is_default else int(each.priority))


def _act(visit: Visit, rule: Any) -> Reply:
    """Do what the rule says: the last action forwards, redirects or answers."""
    for action in sorted(rule.actions, key=lambda each: int(each.data.get("Order") or 0)):
        if action.type == "redirect":
            return _redirect(visit, action.data["RedirectConfig"])
        if action.type == "fixed-response":
            return _fixed(visit, action.data["FixedResponseConfig"])
        if action.type == "forward":
            return forwarding.forward(visit, rule, action.data)
        raise UnreachableError(
            f"The lab does not simulate {action.type} actions: take the action out of the rule."
        )
    raise AssertionError("a rule has an action that answers")


def _redirect(visit: Visit, config: Mapping[str, Any]) -> Reply:
    """A URI made of the request's parts and what the action says.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
    """
    url = urlsplit(visit.request.path)
    host, _, port = visit.request.headers.get("host", "").partition(":")
    own = {
        "protocol": visit.request.scheme,
        "host": host,
        "port": port or ("443" if visit.request.scheme == "https" else "80"),
        "path": url.path.lstrip("/"),
        "query": url.query,
    }

    def part(name: str, default: str) -> str:
        text = str(config.get(name) or default)
        for key, value in own.items():
            text = text.replace(f"#{{{key}}}", value)
        return text

    query = part("Query", "#{query}")
    location = (
        f"{part('Protocol', '#{protocol}').lower()}://{part('Host', '#{host}')}"
        f":{part('Port', '#{port}')}{part('Path', '/#{path}')}{'?' + query if query else ''}"
    )
    status = int(str(config.get("StatusCode", "HTTP_302")).removeprefix("HTTP_"))
    visit.traffic.metrics.acted(visit.balancer, "HTTP_Redirect_Count")
    return Reply(status, {"server": SERVER, "location": location}, b"", 0.0, visit.hops)


def _fixed(visit: Visit, config: Mapping[str, Any]) -> Reply:
    status = int(config["StatusCode"])
    headers = {"server": SERVER, "content-type": str(config.get("ContentType") or "text/plain")}
    visit.traffic.metrics.acted(visit.balancer, "HTTP_Fixed_Response_Count")
    body = str(config.get("MessageBody") or "").encode()
    return Reply(status, headers, body, 0.0, visit.hops)
