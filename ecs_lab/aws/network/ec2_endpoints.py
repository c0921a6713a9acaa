"""VPC endpoints and endpoint services of the lab: moto's, with interfaces, names and states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidParameter, InvalidServiceName
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpcs import VPCEndPoint
from moto.moto_api._internal import mock_random

from ecs_lab.aws.network import interfaces, private_link, service_names

INTERFACE, GATEWAY = "Interface", "Gateway"


class EndpointBackend(EC2Backend):
    """The part of the lab's EC2 that makes endpoints."""

    def create_vpc_endpoint(  # type: ignore[override] # as moto's, of which more is used by name
        self,
        vpc_id: str,
        service_name: str,
        endpoint_type: str | None = None,
        policy_document: str | None = None,
        route_table_ids: list[str] | None = None,
        subnet_ids: list[str] | None = None,
        security_group_ids: list[str] | None = None,
        private_dns_enabled: bool | None = None,
        **more: Any,
    ) -> VPCEndPoint:
        """Make an endpoint.

        moto: makes one of any name in any subnet; gives its interfaces addresses of nowhere and the
        default group, and one DNS name of a form that AWS does not have.
        Source:
        https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
        """
        vpc, kind = self.get_vpc(vpc_id), endpoint_type or GATEWAY
        service = private_link.service_called(self, service_name)
        if service is None and not service_names.is_known(
            service_names.short_name(service_name, self.region_name) or ""
        ):
            raise InvalidServiceName(service_name)
        if kind != INTERFACE:
            return super().create_vpc_endpoint(
                vpc_id,
                service_name,
                kind,
                policy_document,
                route_table_ids or [],
                subnet_ids,
                security_group_ids=security_group_ids,
                private_dns_enabled=False,
                **more,
            )
        subnets = [self.get_subnet(each) for each in subnet_ids or []]
        _one_in_each_zone(subnets)
        if service is not None:
            _served(service, subnets)
        private_name = private_link.private_name(self, service_name, service)
        private = bool(private_dns_enabled and private_name)
        if private:
            self._may_have_private_dns(vpc, str(private_name))
        default: Any = self.get_default_security_group(vpc_id)
        groups = list(security_group_ids or [default.id])
        endpoint: Any = super().create_vpc_endpoint(
            vpc_id,
            service_name,
            kind,
            policy_document,
            [],
            [],
            security_group_ids=groups,
            private_dns_enabled=private,
            **more,
        )
        endpoint.dns_hash = mock_random.get_random_hex(8)
        for each in subnets:
            self._serve(endpoint, each)
        endpoint.dns_entries = private_link.dns_entries(self, endpoint)
        if service is not None and service.acceptance_required:
            endpoint.state = "pendingAcceptance"
        return endpoint  # type: ignore[no-any-return] # VPCEndPoint, with an attribute of ours

    def _may_have_private_dns(self, vpc: Any, name: str) -> None:
        """The texts are seen in the field; GuardDuty's guide has the first one.

        Source:
        https://docs.aws.amazon.com/guardduty/latest/ug/troubleshooting-guardduty-runtime-monitoring.html
        """
        if not (
            private_link.is_true(vpc.enable_dns_support)
            and private_link.is_true(vpc.enable_dns_hostnames)
        ):
            raise InvalidParameter(
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC "
                f"attributes set to true for {vpc.id}"
            )
        for other in self.vpc_end_points.values():
            taken = private_link.private_name_of(self, other)
            if other.vpc_id == vpc.id and taken == name:
                raise InvalidParameter(
                    "private-dns-enabled cannot be set because there is already a conflicting DNS "
                    f"domain for {name} in the VPC {vpc.id}"
                )

    def _serve(self, endpoint: VPCEndPoint, subnet: Any) -> None:
        """Give an endpoint a network interface in a subnet."""
        made = interfaces.attach(
            self, subnet, f"VPC Endpoint Interface {endpoint.id}", endpoint.security_group_ids
        )
        endpoint.network_interface_ids.append(made.id)
        endpoint.subnet_ids = [*(endpoint.subnet_ids or []), subnet.id]

    def modify_vpc_endpoint(  # type: ignore[override] # as moto's, of which more is used by name
        self,
        vpc_id: str,
        policy_doc: str | None = None,
        add_subnets: Sequence[str] = (),
        remove_subnets: Sequence[str] = (),
        **more: Any,
    ) -> None:
        """Change an endpoint, its network interfaces and its gateway's routes.

        moto: changes the lists only.
        """
        [endpoint] = self.describe_vpc_endpoints([vpc_id])
        added = [self.get_subnet(each) for each in add_subnets]
        stay = [self.enis[each].subnet for each in endpoint.network_interface_ids]
        _one_in_each_zone([*(each for each in stay if each.id not in remove_subnets), *added])
        before = set(endpoint.route_table_ids)
        super().modify_vpc_endpoint(vpc_id, policy_doc or "", [], list(remove_subnets), **more)
        for interface_id in list(endpoint.network_interface_ids):
            if self.enis[interface_id].subnet.id in remove_subnets:
                endpoint.network_interface_ids.remove(interface_id)
                interfaces.detach(self, interface_id)
        groups = [self.get_security_group_from_id(each) for each in endpoint.security_group_ids]
        for interface_id in endpoint.network_interface_ids:
            self.enis[interface_id]._group_set = groups  # noqa: SLF001 - moto: no public setter
        for each in added:
            self._serve(endpoint, each)
        if endpoint.vpc_endpoint_type == INTERFACE:
            endpoint.dns_entries = private_link.dns_entries(self, endpoint)
        self._route_through(endpoint, before)

    def _route_through(self, endpoint: VPCEndPoint, before: set[str]) -> None:
        """Give and take the routes of a gateway endpoint."""
        prefix_list, now = endpoint.destination_prefix_list_id, set(endpoint.route_table_ids)
        if prefix_list is None:
            return
        for table in sorted(now - before):
            self.create_route(
                table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list
            )
        for table in sorted(before - now):
            self.delete_route(table, "", destination_prefix_list_id=prefix_list)

    def delete_vpc_endpoints(self, vpce_ids: list[str] | None = None) -> None:
        """Delete endpoints, their interfaces and their routes.

        moto: keeps them for ever as `deleted`; on AWS they are soon gone.
        """
        for each in vpce_ids or []:
            endpoint = self.vpc_end_points.get(each)
            if endpoint is None:
                continue
            for interface_id in endpoint.network_interface_ids:
                interfaces.detach(self, interface_id)
            before, endpoint.route_table_ids = set(endpoint.route_table_ids), []
            self._route_through(endpoint, before)
            del self.vpc_end_points[each]

    # Endpoint services

    def create_vpc_endpoint_service_configuration(
        self, lb_arns: list[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Make an endpoint service of Network (or Gateway) Load Balancers."""
        for each in self.elbv2_backend.describe_load_balancers(arns=lb_arns, names=None):
            private_link.check_provider(self, each)
        return super().create_vpc_endpoint_service_configuration(lb_arns, *args, **kwargs)


def _one_in_each_zone(subnets: Sequence[Any]) -> None:
    zones: set[str] = set()
    for each in subnets:
        if each.availability_zone in zones:
            raise EC2ClientError(
                "DuplicateSubnetsInSameZone",
                "Found another VPC endpoint subnet in the availability zone of " + each.id,
            )
        zones.add(each.availability_zone)


def _served(service: Any, subnets: Sequence[Any]) -> None:
    """An endpoint stands only in zones that its service is available in; the text is seen in the
    field.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
    """
    for each in subnets:
        if each.availability_zone not in service.availability_zones:
            raise InvalidParameter(
                f"The VPC endpoint service {service.service_name} does not support the "
                f"availability zone of the subnet: {each.id}."
            )
