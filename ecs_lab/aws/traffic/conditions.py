"""Conditions of a listener's rules: whether a request is one that a rule is about.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from ecs_lab.runtime.messages import Request

Condition = Mapping[str, Any]


def all_hold(conditions: Iterable[Condition], request: Request) -> bool:
    """Whether every condition of a rule holds; each holds when one of its values fits."""
    return all(holds(each, request) for each in conditions)


def holds(condition: Condition, request: Request) -> bool:
    """Whether one condition holds.

    >>> holds({"Field": "path-pattern", "Values": ["/api/*"]}, Request(path="/api/users?id=1"))
    True
    >>> holds({"Field": "path-pattern", "Values": ["/API/*"]}, Request(path="/api/users"))
    False
    """
    kind = condition.get("Field")
    if kind == "path-pattern":
        path = request.path.partition("?")[0]
        return any(_fits(each, path) for each in _values(condition, "PathPatternConfig"))
    if kind == "host-header":
        host = request.headers.get("host", "").partition(":")[0].lower()
        return any(_fits(each.lower(), host) for each in _values(condition, "HostHeaderConfig"))
    if kind == "http-header":
        return _header(condition["HttpHeaderConfig"], request)
    if kind == "http-request-method":
        return request.method in condition["HttpRequestMethodConfig"]["Values"]
    if kind == "query-string":
        return _query(condition["QueryStringConfig"]["Values"], request)
    if kind == "source-ip":
        return _source(condition["SourceIpConfig"]["Values"], request.client_ip)
    return False


def told(conditions: Iterable[Condition]) -> str:
    """The conditions in words, for a hop: `path-pattern /api/* or /v1/*`."""
    parts = []
    for each in conditions:
        config: Condition = next((v for key, v in each.items() if key.endswith("Config") and v), {})
        values = each.get("Values") or config.get("Values") or []
        words = " or ".join(_word(value) for value in values)
        name = f" {config['HttpHeaderName']}" if config.get("HttpHeaderName") else ""
        parts.append(f"{each.get('Field')}{name} {words}")
    return " and ".join(parts)


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        return "=".join(filter(None, (value.get("Key"), value.get("Value"))))
    return str(value)


def _values(condition: Condition, config: str) -> list[str]:
    return list((condition.get(config) or {}).get("Values") or condition.get("Values") or [])


_WILDCARDS = {"*": ".*", "?": "."}


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    """A value with wildcards: `*` is any run of characters, `?` is exactly one."""
    return re.compile("".join(_WILDCARDS.get(each, re.escape(each)) for each in text), re.DOTALL)


@lru_cache(maxsize=4096)
def _query_pattern(text: str) -> re.Pattern[str]:
    r"""The same in a query string, where `\*` and `\?` stand for themselves.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_QueryStringConditionConfig.html
    """
    parts = re.findall(r"\\[*?]|.", text, re.DOTALL)
    words = (_WILDCARDS.get(each, re.escape(each.removeprefix("\\") or each)) for each in parts)
    return re.compile("".join(words), re.DOTALL)


def _fits(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


def _header(config: Mapping[str, Any], request: Request) -> bool:
    """Neither the header's name nor its value is case-sensitive."""
    found = request.headers.get(str(config["HttpHeaderName"]).lower())
    if found is None:
        return False
    return any(_fits(each.lower(), found.lower()) for each in config["Values"])


def _query(values: Iterable[Mapping[str, str]], request: Request) -> bool:
    """A pair of key and value, or a value of whatever key, not case-sensitive."""
    pairs = parse_qsl(request.path.partition("?")[2], keep_blank_values=True)
    return any(
        _query_pattern(each["Value"].lower()).fullmatch(value.lower())
        and (not each.get("Key") or _query_pattern(each["Key"].lower()).fullmatch(key.lower()))
        for each in values
        for key, value in pairs
    )


def _source(blocks: Iterable[str], address: str) -> bool:
    """The address of the connection, not what stands in X-Forwarded-For."""
    client = ipaddress.ip_address(address)
    return any(client in ipaddress.ip_network(each, strict=False) for each in blocks)
