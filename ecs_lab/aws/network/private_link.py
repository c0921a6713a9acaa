"""PrivateLink: interface endpoints, their names, and the services that they lead to.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import InvalidParameter

from ecs_lab.aws.network import service_names
from ecs_lab.aws.network.obstacles import Obstacle, ingress, obstacle
from ecs_lab.aws.network.places import Place, of_interface, of_load_balancer

ZONE_ID = "Z7HUB22UULQXV"
"""The hosted zone of all interface endpoints' names in the lab."""


def service_called(ec2: Any, service_name: str) -> Any:
    """moto's endpoint service of a name that the account may connect to, or None.

    Without a permission that names the account (or all) AWS says that there is no such service. The
    lab does not tell one user or role of the account from another here.
    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
    """
    for each in ec2.configurations.values():
        if each.service_name == service_name:
            ours = f":{ec2.account_id}:"
            allowed = any(who == "*" or ours in who for who in each.principals)
            return each if allowed else None
    return None


def service_of(ec2: Any, endpoint: Any) -> Any:
    """moto's endpoint service that an endpoint is for, or None for a service of AWS."""
    for each in ec2.configurations.values():
        if each.service_name == endpoint.service_name:
            return each
    return None


def connected(ec2: Any, service: Any) -> list[Any]:
    """The endpoints, of any state, that are for an endpoint service."""
    return [e for e in ec2.vpc_end_points.values() if e.service_name == service.service_name]


def check_provider(ec2: Any, balancer: Any) -> None:
    """Raise AWS's error for a load balancer that cannot stand in front of a service.

    AWS documents the rule, not the text.
    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
    """
    if balancer.type not in ("network", "gateway"):
        raise InvalidParameter(
            f"The load balancer {balancer.arn} is not a Network Load Balancer or a Gateway Load "
            "Balancer: an endpoint service needs one."
        )
    for each in ec2.configurations.values():
        if balancer.arn in each.network_load_balancer_arns:
            raise InvalidParameter(
                f"The load balancer {balancer.arn} is already associated with the endpoint service "
                f"{each.id}."
            )


def is_true(value: object) -> bool:
    """Whether an attribute of one of moto's VPCs is on: it may be the text of the request."""
    return str(value).lower() == "true"


# Names


def private_name(ec2: Any, service_name: str, service: Any) -> str | None:
    """The DNS name that private DNS would give to endpoints of a service, or None."""
    if service is not None:
        return service.private_dns_name or None
    short = service_names.short_name(service_name, ec2.region_name)
    return service_names.host(short, ec2.region_name) if short is not None else None


def private_name_of(ec2: Any, endpoint: Any) -> str | None:
    """The private DNS name that an endpoint has, or None."""
    if not endpoint.private_dns_enabled or endpoint.state == "rejected":
        return None
    return private_name(ec2, endpoint.service_name, service_of(ec2, endpoint))


def dns_entries(ec2: Any, endpoint: Any) -> list[dict[str, str]]:
    """The DNS entries of an interface endpoint: the Regional one, one for each zone, and the
    private one, in the form that moto shows them.
    """
    names = [regional_name(ec2, endpoint), *zonal_names(ec2, endpoint).values()]
    private = private_name_of(ec2, endpoint)
    return [
        {"dns_name": each, "hosted_zone_id": ZONE_ID}
        for each in [*names, *([private] if private else [])]
    ]


def regional_name(ec2: Any, endpoint: Any) -> str:
    """The DNS name that leads to the endpoint in all its zones."""
    return f"{endpoint.id}-{endpoint.dns_hash}.{_base(ec2, endpoint)}"


def zonal_names(ec2: Any, endpoint: Any) -> dict[str, str]:
    """The DNS names that lead to the endpoint in one zone, by zone."""
    zones = [ec2.enis[each].subnet.availability_zone for each in endpoint.network_interface_ids]
    base = _base(ec2, endpoint)
    return {zone: f"{endpoint.id}-{endpoint.dns_hash}-{zone}.{base}" for zone in zones}


def _base(ec2: Any, endpoint: Any) -> str:
    service = service_of(ec2, endpoint)
    if service is not None:
        return f"{service.id}.{ec2.region_name}.vpce.amazonaws.com"
    short = service_names.short_name(endpoint.service_name, ec2.region_name) or ""
    host = service_names.host(short, ec2.region_name).removeprefix("*.")
    return host.removesuffix(".amazonaws.com") + ".vpce.amazonaws.com"


# Where a connection leads


@dataclass(frozen=True, slots=True)
class Connection:
    """What a connection through an endpoint arrives at: moto's Network Load Balancer, and its
    node. Targets see the node's address, or that of the client if they speak the proxy protocol.
    """

    balancer: Any
    node: Place


def endpoint_at(ec2: Any, address: str, vpc_id: str) -> Any:
    """The interface endpoint that has a network interface of this address in a VPC, or None."""
    for endpoint in ec2.vpc_end_points.values():
        if endpoint.vpc_id == vpc_id and any(
            ec2.enis[each].private_ip_address == address for each in endpoint.network_interface_ids
        ):
            return endpoint
    return None


def connect(
    source: Place, endpoint: Any, port: int, protocol: str = "tcp"
) -> Connection | Obstacle:
    """Where a connection from a place to a port of an endpoint arrives, or what is in its way.

    The endpoint's interface in the place's own zone is used, without one there the first. The
    security groups of the load balancer, if it has any, are asked for the private address of the
    client, unless SetSecurityGroups turned that off.
    Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html and
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
    """
    interface = interface_for(source, endpoint)
    near = of_interface(interface, f"the VPC endpoint {endpoint.id}")
    blocked = obstacle(source, near, port, protocol)
    if blocked is not None:
        return blocked
    found = leads_to(source.ec2, endpoint, near.zone)
    if isinstance(found, Obstacle):
        return found
    zone = near.zone if near.zone in found.nodes else next(iter(found.nodes))
    node = of_load_balancer(found, str(zone))
    said = getattr(found, "enforce_security_group_inbound_rules_on_private_link_traffic", "on")
    enforced = str(said) != "off"
    blocked = ingress(node, source.address, port, protocol, source.name) if enforced else None
    return blocked or Connection(found, node)


def interface_for(source: Place, endpoint: Any) -> Any:
    """The network interface of an endpoint that a place's packets go to."""
    found = [source.ec2.enis[each] for each in endpoint.network_interface_ids]
    near = [each for each in found if each.subnet.availability_zone == source.zone]
    return (near or found)[0]


def leads_to(ec2: Any, endpoint: Any, zone: str | None = None) -> Any:
    """The Network Load Balancer that a connection through an endpoint arrives at (in `zone`, where
    it has a node there), or an Obstacle.

    `ec2` is moto's EC2 of the Region. AWS picks one of several balancers at random and stays with
    it; the lab takes the first.
    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
    """
    service = service_of(ec2, endpoint)
    if service is None:
        return _closed(endpoint, f"leads to {endpoint.service_name}, not to a load balancer")
    if endpoint.state == "pendingAcceptance":
        return _closed(
            endpoint,
            f"waits for acceptance: the owner of the endpoint service {service.id} has to accept "
            "it (accept_vpc_endpoint_connections)",
        )
    if endpoint.state != "available":
        return _closed(endpoint, f"is {endpoint.state} by the endpoint service {service.id}")
    balancers = [
        found
        for arn in service.network_load_balancer_arns
        if (found := ec2.elbv2_backend.load_balancers.get(arn)) is not None
    ]
    if not balancers:
        return _closed(endpoint, f"leads to {service.id}, whose load balancer is gone")
    return next((each for each in balancers if zone in each.nodes), balancers[0])


def _closed(endpoint: Any, why: str) -> Obstacle:
    return Obstacle("VPC endpoint", endpoint.id, f"The VPC endpoint {endpoint.id} {why}.")
