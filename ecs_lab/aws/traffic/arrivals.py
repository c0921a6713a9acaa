"""What is at an address of the lab's network: a load balancer's node, a task, an instance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from ecs_lab.aws import network
from ecs_lab.aws.network import NoPlaceError, Obstacle, Place, private_link
from ecs_lab.aws.network.obstacles import way_out
from ecs_lab.aws.traffic import application, classic, network_balancer
from ecs_lab.aws.traffic.sources import Source
from ecs_lab.aws.traffic.visits import Visit
from ecs_lab.aws.traffic.ways import refused, timed_out
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.messages import Request
from ecs_lab.runtime.replies import Hop, Reply, through

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic


def at_address(
    traffic: Traffic, source: Source, address: str, port: int, request: Request
) -> Reply:
    """The answer of what is at an address; raises UnreachableError."""
    where = f"{request.scheme}://{request.headers['host']}"
    interface = _interface(traffic, source, address)
    if interface is None:
        raise UnreachableError(f"{where}: connection timed out. Nothing in the lab has {address}.")
    outside = interface.public_ip == address
    balancer = _balancer(traffic, interface)
    if balancer is not None:
        return _at_node(traffic, source, balancer, interface, address, port, request, where)
    endpoint = private_link.endpoint_at(interface.ec2_backend, address, interface.subnet.vpc_id)
    if endpoint is not None:
        return _through_endpoint(traffic, source, endpoint, port, request, where)
    place = network.of_interface(interface, f"the address {address}")
    traffic.check_way(source, place.from_outside() if outside else place, port, where)
    host = interface.private_ip_address
    if interface.instance is not None:
        host = interface.instance.id
    reply = traffic.world.answer_at(host, port, request)
    if reply is None:
        raise refused(where, f"Nothing listens on port {port} of {address}.")
    return through((), reply)


def _at_node(
    traffic: Traffic,
    source: Source,
    balancer: Any,
    interface: Any,
    address: str,
    port: int,
    request: Request,
    where: str,
) -> Reply:
    outside = interface.public_ip == address
    node = network.of_load_balancer(balancer, interface.subnet.availability_zone)
    traffic.check_way(source, node.from_outside() if outside else node, port, where)
    request = replace(request, client_ip=_seen(source, address if outside else None))
    visit = Visit(traffic, balancer, node, source, request, (_hop(balancer, node),))
    return answer_of(visit, port)


def _seen(source: Source, public_address: str | None) -> str:
    """The address of the client that arrives: at a public address its own public one, or that of
    its NAT gateway.
    """
    if public_address is None or source.place.vpc_id is None:
        return source.place.address
    seen = way_out(source.place, public_address)
    return source.place.address if isinstance(seen, Obstacle) else seen


def answer_of(visit: Visit, port: int) -> Reply:
    """What a load balancer of whatever kind answers."""
    kind = getattr(visit.balancer, "type", "classic")
    if kind == "application":
        return application.answer(visit, port)
    if kind == "network":
        return network_balancer.answer(visit, port)
    return classic.answer(visit, port)


def _through_endpoint(
    traffic: Traffic, source: Source, endpoint: Any, port: int, request: Request, where: str
) -> Reply:
    """PrivateLink: the endpoint leads to a Network Load Balancer in somebody else's VPC."""
    found = private_link.connect(source.place, endpoint, port)
    if isinstance(found, Obstacle):
        raise timed_out(where, found)
    zone = private_link.interface_for(source.place, endpoint).subnet.availability_zone
    hops = (
        Hop("endpoint", endpoint.id, endpoint.id, zone, endpoint.service_name),
        _hop(found.balancer, found.node),
    )
    visit = Visit(traffic, found.balancer, found.node, source, request, hops, private_link=True)
    return answer_of(visit, port)


def _hop(balancer: Any, node: Place) -> Hop:
    kind = f"{getattr(balancer, 'type', 'classic')}, {balancer.scheme}"
    return Hop("load balancer", balancer.name, getattr(balancer, "arn", ""), node.zone or "", kind)


def _interface(traffic: Traffic, source: Source, address: str) -> Any:
    """moto's network interface with an address, private or public, or None.

    Two VPCs may have the same private addresses: then the one in the VPC of the source is meant.
    """
    found = [
        each
        for each in traffic.world.ec2.enis.values()
        if address in (each.private_ip_address, each.public_ip)
    ]
    near = [each for each in found if each.subnet.vpc_id == source.place.vpc_id]
    return next(iter(near + found), None)


def _balancer(traffic: Traffic, interface: Any) -> Any:
    """The load balancer whose node has the interface, or None."""
    for balancer in balancers(traffic):
        if any(node.id == interface.id for node in balancer.nodes.values()):
            return balancer
    return None


def balancers(traffic: Traffic) -> list[Any]:
    """All load balancers of the lab's Region, Classic ones last."""
    account_id, region = traffic.world.account_id, traffic.world.region
    newer = elbv2_backends[account_id][region].load_balancers.values()
    return [*newer, *elb_backends[account_id][region].load_balancers.values()]


def place_at(ec2: Any, address: str) -> Place:
    """The place of a private address; raises NoPlaceError."""
    for each in ec2.enis.values():
        if each.private_ip_address == address:
            return network.of_interface(each, f"the address {address}")
    raise NoPlaceError(f"Nothing has the address {address}.")
