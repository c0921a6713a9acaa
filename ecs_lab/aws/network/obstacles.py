"""What keeps a packet from getting from one place to another, in a sentence.

Asked in the packet's order: the rules of the source's security groups, the network ACL of its
subnet, the routes, and the same at the destination. All is looked up as it is now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ecs_lab.aws.network import network_acls, routes, security_groups
from ecs_lab.aws.network.places import Place

Kind = Literal["security group", "network ACL", "route", "public address", "VPC endpoint"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is in a packet's way: its kind, the id of what to change (a group, ACL, route table,
    gateway, endpoint or subnet), and a sentence for learners.
    """

    kind: Kind
    resource_id: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def obstacle(
    source: Place, destination: Place, port: int, protocol: str = "tcp"
) -> Obstacle | None:
    """What keeps a packet of `protocol` (tcp or udp) from the source from arriving at a port of the
    destination, or None when it gets there and its answer comes back.

    Within a VPC packets carry private addresses. A packet from or to the internet, and one to a
    place that is reached from `outside`, carries public ones: no rule that names a security group
    is about those.
    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    if source.vpc_id is None or destination.vpc_id is None or destination.outside:
        return _over_the_internet(source, destination, port, protocol)
    near = source.subnet_id == destination.subnet_id
    blocked = _egress(source, destination.address, port, protocol, destination.group_ids)
    if blocked is None and source.vpc_id != destination.vpc_id:
        blocked = _not_peered(source, destination) or _not_peered(destination, source)
    if blocked is None and not near:
        blocked = _acls(source, destination, port, protocol)
    return blocked or ingress(
        destination,
        source.client or source.address,
        port,
        protocol,
        source.name,
        source.group_ids,
    )


def _acls(source: Place, destination: Place, port: int, protocol: str) -> Obstacle | None:
    """Packets within a subnet pass no network ACL; between two they pass both."""
    seen = source.client or source.address
    out = _acl(source, destination.address, port, protocol, outward=True)
    return out or _acl(destination, seen, port, protocol, outward=False)


def _over_the_internet(
    source: Place, destination: Place, port: int, protocol: str
) -> Obstacle | None:
    if destination.public_ip is None:
        return _no_public_address(destination)
    if source.vpc_id is None:
        return _from_outside(source.name, source.address, destination, port, protocol)
    blocked = leaving(source, destination.public_ip, port, protocol)
    if blocked is not None:
        return blocked
    seen = way_out(source, destination.public_ip)
    if isinstance(seen, Obstacle):
        return seen
    if destination.vpc_id is None:
        return None
    return _from_outside(source.name, seen, destination, port, protocol)


def _from_outside(
    name: str, seen: str, destination: Place, port: int, protocol: str
) -> Obstacle | None:
    """What meets a packet that comes out of the internet with the address `seen`."""
    return (
        _not_public(destination, seen)
        or _acl(destination, seen, port, protocol, outward=False)
        or ingress(destination, seen, port, protocol, name)
    )


# At the source


def leaving(source: Place, address: str, port: int, protocol: str = "tcp") -> Obstacle | None:
    """What keeps a packet to an address outside the VPC from leaving the source's subnet, by its
    security groups and network ACL.
    """
    out = _egress(source, address, port, protocol)
    return out or _acl(source, address, port, protocol, outward=True)


def _egress(
    source: Place, address: str, port: int, protocol: str, to_groups: tuple[str, ...] = ()
) -> Obstacle | None:
    """Outbound rules, for a packet to the address of something with the groups `to_groups`."""
    ec2 = source.ec2
    rules = _rules(ec2, source.group_ids, egress=True)
    if not source.group_ids or security_groups.admits(
        ec2, rules, protocol, port, address, to_groups
    ):
        return None
    return Obstacle(
        "security group",
        source.group_ids[0],
        f"No outbound rule of {_groups(ec2, source)} lets {source.name} send to {address} on "
        f"{protocol.upper()} port {port}: add one.",
    )


def way_out(source: Place, address: str, service: str | None = None) -> str | Obstacle:
    """The public address that a packet to an address outside the VPC carries when it has left, or
    what keeps it in; `service` is the AWS service that it is for, if it is for one.

    Sources: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html and
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
    """
    assert source.vpc_id is not None
    assert source.subnet_id is not None
    ec2 = source.ec2
    table = routes.table_of(ec2, source.vpc_id, source.subnet_id)
    route = routes.route_to(ec2, table, address)
    if routes.is_internet_gateway(ec2, route, source.vpc_id):
        if source.public_ip is not None:
            return source.public_ip
        return Obstacle(
            "public address",
            source.subnet_id,
            f"The route table {table.id} of {source.subnet_id} leads to an internet gateway, but "
            f"{source.name} has no public IP address: give it one, or put it into a private subnet "
            "with a route to a NAT gateway.",
        )
    if route is not None and route.nat_gateway is not None:
        return _through_nat(ec2, table, route.nat_gateway)
    return Obstacle("route", table.id, _no_route(source, table, address, service))


def _no_route(source: Place, table: Any, address: str, service: str | None) -> str:
    goal = f"the internet ({address})" if service is None else f"the service {service}"
    endpoint = f", or give the VPC an endpoint for {service}" if service is not None else ""
    return (
        f"The route table {table.id} of {source.subnet_id}, where {source.name} is, has no route "
        f"to {goal}: add one to a NAT gateway, or to an internet gateway and give it a public IP "
        f"address{endpoint}."
    )


def _through_nat(ec2: Any, table: Any, nat: Any) -> str | Obstacle:
    """A public NAT gateway stands in a subnet whose own route leads to an internet gateway."""

    def broken(kind: Kind, resource_id: str, why: str) -> Obstacle:
        text = f"The route table {table.id} leads to the NAT gateway {nat.id}, but {why}."
        return Obstacle(kind, resource_id, text)

    if nat.state != "available":
        return broken("route", table.id, f"that is {nat.state}: route to one that is available")
    public = next((each["publicIp"] for each in nat.address_set if each.get("publicIp")), None)
    if nat.connectivity_type == "private" or public is None:
        return broken("public address", nat.id, "that is a private one: use a public one")
    own = routes.table_of(ec2, nat.vpc_id, nat.subnet_id)
    if not routes.is_internet_gateway(ec2, routes.route_to(ec2, own, "192.0.2.1"), nat.vpc_id):
        return broken(
            "route",
            own.id,
            f"the route table {own.id} of its subnet {nat.subnet_id} has no route to an internet "
            "gateway: put the NAT gateway into a public subnet",
        )
    return str(public)


# At the destination


def ingress(
    destination: Place,
    seen: str,
    port: int,
    protocol: str,
    from_name: str,
    from_groups: tuple[str, ...] = (),
) -> Obstacle | None:
    """Inbound rules, for a packet that carries the address `seen`."""
    ec2 = destination.ec2
    rules = _rules(ec2, destination.group_ids, egress=False)
    if not destination.group_ids or security_groups.admits(
        ec2, rules, protocol, port, seen, from_groups
    ):
        return None
    who = f"{from_name} ({', '.join((seen, *from_groups))})"
    return Obstacle(
        "security group",
        destination.group_ids[0],
        f"No inbound rule of {_groups(ec2, destination)} lets {who} reach {destination.name} on "
        f"{protocol.upper()} port {port}: add one.",
    )


def _no_public_address(place: Place) -> Obstacle:
    return Obstacle(
        "public address",
        place.subnet_id or "",
        f"{place.name[0].upper()}{place.name[1:]} has no public IP address: from the internet "
        "nothing reaches it.",
    )


def _not_public(place: Place, address: str) -> Obstacle | None:
    """Answers to the internet need a route to an internet gateway."""
    assert place.vpc_id is not None
    assert place.subnet_id is not None
    ec2 = place.ec2
    table = routes.table_of(ec2, place.vpc_id, place.subnet_id)
    if routes.is_internet_gateway(ec2, routes.route_to(ec2, table, address), place.vpc_id):
        return None
    return Obstacle(
        "route",
        table.id,
        f"The route table {table.id} of {place.subnet_id}, where {place.name} is, has no route to "
        "an internet gateway: from the internet nothing reaches it.",
    )


# On the way


def _not_peered(source: Place, destination: Place) -> Obstacle | None:
    """Between two VPCs both need a route to a peering connection that is active.

    Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html
    """
    assert source.vpc_id is not None
    assert source.subnet_id is not None
    ec2 = source.ec2
    table = routes.table_of(ec2, source.vpc_id, source.subnet_id)
    route = routes.route_to(ec2, table, destination.address)
    peering = route.vpc_pcx if route is not None else None
    if peering is not None and peering._status.code == "active":  # noqa: SLF001 - moto: its public form is a dictionary
        return None
    return Obstacle(
        "route",
        table.id,
        f"{destination.name[0].upper()}{destination.name[1:]} is in another VPC, and the route "
        f"table {table.id} of {source.subnet_id} has no route there by an active VPC peering "
        "connection: use PrivateLink or peer the VPCs.",
    )


def _acl(place: Place, address: str, port: int, protocol: str, *, outward: bool) -> Obstacle | None:
    """Network ACLs keep no state: the packet needs a rule, and its answer the other way."""
    assert place.subnet_id is not None
    acl = network_acls.acl_of(place.ec2, place.subnet_id)
    if acl is None:
        return None
    answer = network_acls.EPHEMERAL_PORT
    for egress, number, what in (
        (outward, port, f"{protocol.upper()} port {port}"),
        (not outward, answer, f"the answer on {protocol.upper()} port {answer}"),
    ):
        if not network_acls.allows(acl, egress, protocol, number, address):
            way = f"out to {address}" if egress else f"in from {address}"
            return Obstacle(
                "network ACL",
                acl.id,
                f"The network ACL {acl.id} of {place.subnet_id} does not let {what} {way}: it "
                "keeps no state, so both directions need a rule.",
            )
    return None


def _rules(ec2: Any, group_ids: tuple[str, ...], *, egress: bool) -> list[Any]:
    """All rules of these groups, one way."""
    found = (security_groups.group(ec2, each) for each in group_ids)
    return [
        rule
        for group in found
        if group is not None
        for rule in (group.egress_rules if egress else group.ingress_rules)
    ]


def _groups(ec2: Any, place: Place) -> str:
    """The groups of a place, such as `security group sg-1 (web)`."""
    found = [security_groups.group(ec2, each) for each in place.group_ids]
    named = [f"{each.id} ({each.name})" for each in found if each is not None]
    return ("security group " if len(named) == 1 else "security groups ") + ", ".join(named)
