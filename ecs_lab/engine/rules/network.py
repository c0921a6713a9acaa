"""Rules for ports, and for what the awsvpc network mode takes away from containers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecs_lab.engine.rules.draft import Document, Draft
from ecs_lab.engine.rules.messages import refuse

PORT_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
NOT_WITH_AWSVPC = {
    "hostname": "hostname-awsvpc",
    "dnsServers": "dns-servers-awsvpc",
    "extraHosts": "extra-hosts-awsvpc",
    "disableNetworking": "disable-networking-awsvpc",
}


def settings_of_awsvpc(draft: Draft) -> None:
    """With awsvpc the network is the task's: no container sets a host name, DNS or hosts.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    if draft.network_mode != "awsvpc":
        return
    for container in draft.containers:
        for setting, key in NOT_WITH_AWSVPC.items():
            if container.get(setting):
                refuse(key)


def no_ports_in_mode_none(draft: Draft) -> None:
    """Without a network there are no ports to map.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    if draft.network_mode == "none" and any(draft.ports()):
        refuse("ports-mode-none")


def port_numbers(draft: Draft) -> None:
    """A container port is 1 to 65535, a host port 0 (any) to 65535; or there is a range.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    for container, mapping in draft.ports():
        if mapping.get("containerPortRange"):
            if mapping.get("containerPort") is not None or mapping.get("hostPort") is not None:
                refuse("port-range-and-port", container=container["name"])
        elif not 1 <= (mapping.get("containerPort") or 0) <= 65535:
            refuse("container-port", container=container["name"])
        elif not 0 <= (mapping.get("hostPort") or 0) <= 65535:
            refuse("host-port", container=container["name"])


def port_ranges(draft: Draft) -> None:
    """A containerPortRange is `first-last`, first below last, in the modes bridge and awsvpc.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    for container, mapping in draft.ports():
        span = mapping.get("containerPortRange")
        if not span:
            continue
        first, dash, last = span.partition("-")
        if not (
            dash and first.isdecimal() and last.isdecimal() and 1 <= int(first) < int(last) <= 65535
        ):
            refuse("port-range", container=container["name"])
        if draft.network_mode == "host":
            refuse("port-range-mode", mode=draft.network_mode)


def host_ports_match(draft: Draft) -> None:
    """In the modes awsvpc and host a port is the same inside and outside the container.

    hostPort may be left out; 0, which means any port in bridge mode, is not the same port.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    if draft.network_mode not in ("awsvpc", "host"):
        return
    for _, mapping in draft.ports():
        if mapping.get("hostPort") not in (None, mapping.get("containerPort")):
            refuse("ports-must-match", mode=draft.network_mode)


def host_ports_free(draft: Draft) -> None:
    """No two containers of a task take the same host port for the same protocol.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    same_inside = draft.network_mode in ("awsvpc", "host")
    taken = set()
    for _, mapping in draft.ports():
        port = mapping.get("hostPort") or (mapping.get("containerPort") if same_inside else 0)
        if not port:
            continue
        protocol = _protocol(mapping)
        if (protocol, port) in taken:
            refuse("host-port-twice", protocol=protocol, port=port)
        taken.add((protocol, port))


def container_ports_free(draft: Draft) -> None:
    """With awsvpc all containers share one interface: port ranges must not overlap either.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    if draft.network_mode != "awsvpc":
        return
    taken = set()
    for protocol, port in _container_ports(draft):
        if (protocol, port) in taken:
            refuse("container-port-twice", protocol=protocol, port=port)
        taken.add((protocol, port))


def _container_ports(draft: Draft) -> Iterator[tuple[str, int]]:
    for _, mapping in draft.ports():
        first, _, last = (
            mapping.get("containerPortRange") or str(mapping["containerPort"])
        ).partition("-")
        for port in range(int(first), int(last or first) + 1):
            yield _protocol(mapping), port


def _protocol(mapping: Document) -> str:
    return "UDP" if mapping.get("protocol") == "udp" else "TCP"


def port_names(draft: Draft) -> None:
    """A port mapping's name has up to 64 characters of a-z, 0-9, _ and -, and is used once.

    Service Connect and VPC Lattice call the port by it.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    names = set()
    for container, mapping in draft.ports():
        name = mapping.get("name")
        if name is None:
            continue
        if not PORT_NAME.fullmatch(name):
            refuse("port-name", container=container["name"])
        if name in names:
            refuse("port-name-twice", mode=draft.network_mode)
        names.add(name)


def app_protocols(draft: Draft) -> None:
    """appProtocol is http, http2 or grpc.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    for _, mapping in draft.ports():
        if mapping.get("appProtocol") not in (None, "http", "http2", "grpc"):
            refuse("app-protocol")
