"""The lab's load balancers for a browser or curl on this machine: which one a request's Host header
means, and what it answers.

`web.localhost` is the load balancer `web` (its listener on port 80, or its only one),
`web.8080.localhost` its listener on port 8080; a load balancer's own DNS name works as well. Names
under localhost mean this machine: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.serve.live import LiveWorld

Answer = tuple[int, list[tuple[str, str]], bytes]
SECURE = ("HTTPS", "TLS", "SSL")


@dataclass(frozen=True, slots=True)
class Listening:
    """A listener that a request means: its load balancer's DNS name, its URL scheme and port."""

    dns_name: str
    scheme: str
    port: int


def find(balancers: Sequence[Mapping[str, Any]], host: str) -> Listening | None:
    """The listener that a Host header means among load balancers of a snapshot, or None.

    >>> web = {"LoadBalancerName": "web", "DNSName": "web-1.elb", "Listeners": [
    ...     {"Port": 80, "Protocol": "HTTP"}, {"Port": 8443, "Protocol": "HTTPS"}]}
    >>> find([web], "web.localhost:8042")
    Listening(dns_name='web-1.elb', scheme='http', port=80)
    >>> find([web], "web.8443.localhost:8042").scheme, find([web], "shop.localhost")
    ('https', None)
    """
    asked = host.partition(":")[0].lower()
    name, port = _parts(asked)
    for each in balancers:
        if asked == each["DNSName"].lower() or name == each["LoadBalancerName"].lower():
            return _listening(each, port)
    return None


def _parts(asked: str) -> tuple[str, int | None]:
    """The load balancer's name and the port, if one is named, of `name.port.localhost`."""
    name = asked.removesuffix(".localhost")
    if name == asked:
        return "", None
    head, _, last = name.rpartition(".")
    return (head, int(last)) if head and last.isdecimal() else (name, None)


def _listening(balancer: Mapping[str, Any], port: int | None) -> Listening:
    listeners = {each["Port"]: each["Protocol"] for each in balancer["Listeners"]}
    chosen = port or (80 if 80 in listeners or not listeners else min(listeners))
    scheme = "https" if listeners.get(chosen) in SECURE else "http"
    return Listening(balancer["DNSName"], scheme, chosen)


def answer(
    live: LiveWorld,
    listening: Listening,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Answer:
    """What the load balancer answers a client on the internet; 502 with the reason in words where
    there is no answer.
    """
    host = f"{listening.dns_name}:{listening.port}"
    url = f"{listening.scheme}://{host}{target}"
    usual = listening.port in (80, 443)
    asked = {**headers, "host": listening.dns_name if usual else host}
    try:
        status, answered, content, _, hops = live.send(method, url, asked, body)
    except UnreachableError as error:
        plain = [("Content-Type", "text/plain; charset=utf-8")]
        return 502, plain, f"The lab's load balancer gives no answer. {error}\n".encode()
    lines = [(key, line) for key, value in answered.items() for line in value.split("\n") if value]
    tasks = [hop for hop in hops if hop[0] == "task"]
    if tasks:
        _, name, _, zone, detail = tasks[-1]
        lines.append(("X-Ecs-Lab-Task", f"{name} in {zone}; {detail}"))
    return status, lines, content


def links(balancers: Sequence[Mapping[str, Any]], port: int) -> list[str]:
    """The addresses at which this machine reaches each listener of the load balancers.

    >>> web = {"LoadBalancerName": "web", "Listeners": [{"Port": 80}, {"Port": 8080}]}
    >>> links([web], 8042)
    ['http://web.localhost:8042/', 'http://web.8080.localhost:8042/']
    """
    return [
        f"http://{each['LoadBalancerName']}{'' if listener['Port'] == 80 else _dotted(listener)}"
        f".localhost:{port}/"
        for each in balancers
        for listener in each["Listeners"]
    ]


def _dotted(listener: Mapping[str, Any]) -> str:
    return f".{listener['Port']}"
