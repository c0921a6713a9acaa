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
    bound = [(each["protocol"], each["hostPort"]) for each in bindings if "hostPort" in each]
    instance.used_tcp -= needs.tcp_ports | {port for kind, port in bound if kind == "tcp"}
    instance.used_udp -= needs.udp_ports | {port for kind, port in bound if kind == "udp"}
    instance.fixed_ports -= len(needs.tcp_ports) + len(needs.udp_ports)
    instance.dynamic_tcp -= needs.dynamic_tcp
    instance.dynamic_udp -= needs.dynamic_udp


def next_dynamic(instance: ContainerInstance, protocol: str) -> int:
    """A free port of the dynamic range, taken for a container with host port 0.

    As Docker does, it goes on from the port that was given last.
    """
    used = instance.used_tcp if protocol == "tcp" else instance.used_udp
    reserved = instance.reserved_tcp if protocol == "tcp" else instance.reserved_udp
    start = instance.last_dynamic_port + 1 - DYNAMIC.start
    for step in range(len(DYNAMIC)):
        port = DYNAMIC[(start + step) % len(DYNAMIC)]
        if port not in used and port not in reserved:
            used.add(port)
            instance.last_dynamic_port = port
            return port
    raise AssertionError(f"placement promised more dynamic ports than {instance.arn} has")
