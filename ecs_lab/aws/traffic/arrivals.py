"""What is at an address of the lab's network: a load balancer's node, a task, an instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from ecs_lab.aws import network
from ecs_lab.aws.network import NoPlaceError, Place
from ecs_lab.aws.traffic import application
from ecs_lab.aws.traffic.sources import Source
from ecs_lab.aws.traffic.ways import refused
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.messages import Request
from ecs_lab.runtime.replies import Hop, Reply, through

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic

LOOPBACK = ("127.0.0.1", "localhost")


def at_address(
    traffic: Traffic, source: Source, address: str, port: int, request: Request
) -> Reply:
    """The answer of what is at an address; raises UnreachableError."""
    where = f"{request.scheme}://{request.headers['host']}"
    interface = _interface(traffic, address)
    if interface is None:
        raise UnreachableError(f"{where}: connection timed out. Nothing in the lab has {address}.")
    outside = interface.public_ip == address
    balancer = _balancer(traffic, interface)
    if balancer is not None:
        return _at_node(traffic, source, balancer, interface, outside, port, request, where)
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
    outside: bool,
    port: int,
    request: Request,
    where: str,
) -> Reply:
    node = network.of_load_balancer(balancer, interface.subnet.availability_zone)
    traffic.check_way(source, node.from_outside() if outside else node, port, where)
    kind = f"{getattr(balancer, 'type', 'classic')}, {balancer.scheme}"
    arn = getattr(balancer, "arn", balancer.name)
    hop = Hop("load balancer", balancer.name, arn, node.zone or "", kind)
    visit = application.Visit(traffic, balancer, node, source, request, (hop,))
    return application.answer(visit, port)


def _interface(traffic: Traffic, address: str) -> Any:
    """moto's network interface with an address, private or public, or None."""
    for each in traffic.world.ec2.enis.values():
        if address in (each.private_ip_address, each.public_ip):
            return each
    return None


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
