"""Ports of a container instance: fixed and dynamic ones, and when there are none left.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ecs_lab.engine.model import ContainerInstance, Needs

DYNAMIC = range(32768, 61001)
"""The ports that host port 0 is given from.

The agent reads the range from the kernel; AWS's guide shows 32768-61000.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
"""

MOST_RESERVED = 100
"""How many ports of an instance tasks and the instance itself can reserve; dynamic ones do not
count.
"""


def lacking(instance: ContainerInstance, needs: Needs) -> bool:
    """Whether the instance has too few ports for one more such task, or another uses one of them.

    Up to 100 ports of the dynamic range may be reserved ones, so that many are never promised.
    """
    tcp, udp = needs.tcp_ports, needs.udp_ports
    if tcp or udp:
        reserved = len(instance.reserved_tcp) + len(instance.reserved_udp)
        if reserved + instance.fixed_ports + len(tcp) + len(udp) > MOST_RESERVED:
            return True
        if not (tcp.isdisjoint(instance.used_tcp) and tcp.isdisjoint(instance.reserved_tcp)):
            return True
        if not (udp.isdisjoint(instance.used_udp) and udp.isdisjoint(instance.reserved_udp)):
            return True
    most = len(DYNAMIC) - MOST_RESERVED
    return (needs.dynamic_tcp > 0 and needs.dynamic_tcp + instance.dynamic_tcp > most) or (
        needs.dynamic_udp > 0 and needs.dynamic_udp + instance.dynamic_udp > most
    )


def reserve(instance: ContainerInstance, needs: Needs) -> None:
    """Take a task's fixed ports, and promise its dynamic ones."""
    instance.used_tcp |= needs.tcp_ports
    instance.used_udp |= needs.udp_ports
    instance.fixed_ports += len(needs.tcp_ports) + len(needs.udp_ports)
    instance.dynamic_tcp += needs.dynamic_tcp
    instance.dynamic_udp += needs.dynamic_udp


def release(
    instance: ContainerInstance, needs: Needs, bindings: Iterable[Mapping[str, Any]]
) -> None:
    """Give back a task's ports; `bindings` are the network bindings of its containers."""
    bound = [(each["protocol"], port) for each in bindings for port in _ports(each)]
    instance.used_tcp -= needs.tcp_ports | {port for kind, port in bound if kind == "tcp"}
    instance.used_udp -= needs.udp_ports | {port for kind, port in bound if kind == "udp"}
    instance.fixed_ports -= len(needs.tcp_ports) + len(needs.udp_ports)
    instance.dynamic_tcp -= needs.dynamic_tcp
    instance.dynamic_udp -= needs.dynamic_udp


def _ports(binding: Mapping[str, Any]) -> range:
    """The host ports of a network binding."""
    return in_range(binding.get("hostPortRange") or f"{binding['hostPort']}-{binding['hostPort']}")


def in_range(text: str) -> range:
    """The ports of a range such as 9090-9092.

    >>> list(in_range("9090-9092"))
    [9090, 9091, 9092]
    """
    first, _, last = text.partition("-")
    return range(int(first), int(last) + 1)


def next_dynamic(instance: ContainerInstance, protocol: str, count: int = 1) -> int:
    """The first of so many free ports in a row of the dynamic range, which are taken.

    As Docker does, it goes on from the port that was given last, and begins anew at the end.
    """
    used = instance.used_tcp if protocol == "tcp" else instance.used_udp
    reserved = instance.reserved_tcp if protocol == "tcp" else instance.reserved_udp
    first = instance.last_dynamic_port + 1
    for start in (first, DYNAMIC.start):
        row = 0
        for port in range(start, DYNAMIC.stop):
            row = 0 if port in used or port in reserved else row + 1
            if row == count:
                used.update(range(port - count + 1, port + 1))
                instance.last_dynamic_port = port
                return port - count + 1
    raise AssertionError(f"placement promised more dynamic ports than {instance.arn} has")
