"""EC2 of the lab: moto's, corrected where packets and names of a lab need it."""

from __future__ import annotations

from typing import Any

from moto.ec2 import urls
from moto.ec2.exceptions import (
    EC2ClientError,
)
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.security_groups import SecurityGroup
from moto.ec2.utils import random_public_ip

from ecs_lab.aws.moto_state import MotoState
from ecs_lab.aws.network import interfaces
from ecs_lab.aws.network.addresses import free_address, within
from ecs_lab.aws.network.ec2_dependencies import DependencyBackend
from ecs_lab.aws.network.load_balancer_rules import has_internet_gateway


class LabEc2(DependencyBackend):
    """moto's backend, whose interfaces have addresses of their subnets."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        default = self.get_default_vpc()
        if default is not None and MotoState.current is not None:
            self._open_to_the_internet(default)

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    def _open_to_the_internet(self, vpc: Any) -> None:
        """A default VPC has an internet gateway and a route to it.

        moto: makes the VPC without.
        Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
        """
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, vpc.id)
        main = next(
            each
            for each in self.route_tables.values()
            if each.vpc_id == vpc.id and each.main_association_id is not None
        )
        self.create_route(main.id, "0.0.0.0/0", gateway_id=gateway.id)

    def create_security_group(self, *args: Any, **kwargs: Any) -> SecurityGroup:
        """Make a security group; the default one of a VPC lets its own members in.

        moto: lets nothing in.
        Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
        """
        made = super().create_security_group(*args, **kwargs)
        if made.is_default and MotoState.current is not None:
            own = [{"GroupId": made.id}]
            self.authorize_security_group_ingress(
                made.id, "-1", "-1", "-1", [], source_groups=own, vpc_id=made.vpc_id
            )
        return made

    # Addresses

    def create_network_interface(
        self, subnet: Any, private_ip_address: Any, *args: Any, **kwargs: Any
    ) -> NetworkInterface:
        """Make an interface with an address of its subnet that nobody else has.

        moto: picks a random one, for some of its own interfaces from anywhere, and notes none.
        """
        subnet = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        asked = private_ip_address if isinstance(private_ip_address, list) else [private_ip_address]
        address = asked[0] if asked and asked[0] else None
        chosen = kwargs.get("private_ip_addresses") or (args[0] if args else None)
        if not chosen and not (address and within(address, subnet.cidr_block)):
            address = free_address(subnet)
        made = super().create_network_interface(subnet, address or "", *args, **kwargs)
        subnet._subnet_ips.setdefault(made.private_ip_address, made)  # noqa: SLF001 - moto: no public way
        return made

    def delete_network_interface(self, eni_id: str) -> None:
        """Delete an interface and free its address.

        moto: keeps the address.
        """
        interface = self.enis.get(eni_id)
        super().delete_network_interface(eni_id)
        if interface is not None:
            interface.subnet.del_subnet_ip(interface.private_ip_address)

    def allocate_address(self, *args: Any, **kwargs: Any) -> ElasticAddress:
        """Allocate an Elastic IP address.

        moto: gives loopback addresses.
        """
        made = super().allocate_address(*args, **kwargs)
        if made.public_ip.startswith("127."):
            made.public_ip = random_public_ip()
        return made

    # NAT gateways

    def create_nat_gateway(self, *args: Any, **kwargs: Any) -> NatGateway:
        """Make a NAT gateway; a public one fails in a VPC without an internet gateway.

        moto: gives it an address of nowhere, and lets it be available in any VPC.
        Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
        """
        nat: Any = super().create_nat_gateway(*args, **kwargs)
        nat.private_ip = nat._eni.private_ip_address  # noqa: SLF001 - moto: there is no other way to it
        nat.connectivity_type = nat.connectivity_type or "public"
        attached = has_internet_gateway(self, nat.vpc_id)
        if nat.connectivity_type == "public" and not attached:
            nat.state = "failed"
            nat.failure_code = "Gateway.NotAttached"
            nat.failure_message = f"Network {nat.vpc_id} has no Internet gateway attached"
        return nat  # type: ignore[no-any-return] # NatGateway, with attributes of ours

    def delete_nat_gateway(self, nat_gateway_id: str) -> NatGateway:
        """Delete a NAT gateway and its interface.

        moto: keeps the interface, and answers an unknown id with status 500.
        """
        if nat_gateway_id not in self.nat_gateways:
            raise EC2ClientError(
                "NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found"
            )
        nat = super().delete_nat_gateway(nat_gateway_id)
        interfaces.detach(self, nat._eni.id)  # noqa: SLF001 - moto: there is no other way to it
        for each in self.addresses:
            if each.eni is nat._eni:  # noqa: SLF001
                each.eni = each.association_id = None
        return nat


def _groups_of(interface: Any) -> list[Any]:
    return list(interface._group_set)  # noqa: SLF001 - moto: the interface's own groups


def install() -> None:
    """Let moto make backends of our class from now on."""
    ec2_backends.backend = LabEc2
    # moto: shows an interface with its instance's groups added to its own.
    setattr(NetworkInterface, "group_set", property(_groups_of))  # noqa: B010 - of a typed class
