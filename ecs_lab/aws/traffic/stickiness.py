"""Cookies with which an Application Load Balancer sends a client to the same target again.

AWS encrypts their content; the lab only encodes it. A cookie is sent anew with every answer and
lives for seven days; how long the session is bound to its target stands inside.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ecs_lab.runtime.messages import Request, Response

COOKIE_LIVES_S = 7 * 86400.0
DEFAULT_DURATION_S = 86400.0
TARGET = "AWSALB"
GROUP = "AWSALBTG"
APPLICATION = "AWSALBAPP-0"


def bound_to(request: Request, name: str, scope: str, now_s: float) -> str | None:
    """What a client is bound to by the cookie of this name (the one for CORS goes first) within
    `scope`, a target group or rule; None without a cookie, or when its time is over.

    >>> made = cookies("AWSALB", "group", "10.0.0.4:80", now_s=0.0, duration_s=60.0)
    >>> asked = Request(headers={"cookie": made[0].partition(";")[0]})
    >>> bound_to(asked, "AWSALB", "group", 59.0), bound_to(asked, "AWSALB", "group", 61.0)
    ('10.0.0.4:80', None)
    """
    sent = cookies_of(request)
    value = sent.get(f"{name}CORS") or sent.get(name)
    if value is None:
        return None
    try:
        content = json.loads(base64.b64decode(value, validate=True))
        where, until_s = content[scope]
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    return str(where) if float(until_s) >= now_s else None


def cookies(name: str, scope: str, where: str, now_s: float, duration_s: float) -> list[str]:
    """The Set-Cookie lines that bind a client."""
    content = json.dumps({scope: [where, now_s + duration_s]}).encode()
    value = base64.b64encode(content).decode()
    expires = datetime.fromtimestamp(now_s + COOKIE_LIVES_S, UTC)
    line = f"{value}; Expires={expires:%a, %d %b %Y %H:%M:%S} GMT; Path=/"
    if name == APPLICATION:
        return [f"{name}={line}"]
    return [f"{name}={line}", f"{name}CORS={line}; SameSite=None; Secure"]


def cookies_of(request: Request) -> dict[str, str]:
    """The cookies that a client sends, by name."""
    pairs = (each.partition("=") for each in request.headers.get("cookie", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def sets_cookie(response: Response, name: str) -> bool:
    """Whether an answer of the application sets the cookie."""
    lines = response.headers.get("set-cookie", "").splitlines()
    return any(each.partition("=")[0].strip() == name for each in lines)


def kind(attributes: Mapping[str, Any]) -> str | None:
    """lb_cookie, app_cookie, source_ip ..., or None where a target group's stickiness is off."""
    if str(attributes.get("stickiness.enabled")) != "true":
        return None
    return str(attributes.get("stickiness.type", "lb_cookie"))


def duration_s(attributes: Mapping[str, Any], of: str) -> float:
    """How long a client stays bound: a day unless the target group says otherwise."""
    return float(attributes.get(f"stickiness.{of}.duration_seconds") or DEFAULT_DURATION_S)
