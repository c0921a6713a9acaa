"""What EC2 does not delete, detach or release because something depends on it.

moto: deletes security groups and subnets in use, detaches gateways that public addresses need, and
raises Python's own errors where an entry is not there. AWS documents the codes; the texts were seen
in the field.
Source: https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError, InvalidAssociationIdError

from ecs_lab.aws.network import interfaces
from ecs_lab.aws.network.ec2_endpoints import EndpointBackend


class DependencyBackend(EndpointBackend):
    """The part of the lab's EC2 that knows what is in use."""

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        """Delete a group that nothing has and no rule names; never a VPC's default one."""
        group: Any = self.get_security_group_from_id(group_id) if group_id else None
        if group is not None and group.is_default:
            raise EC2ClientError(
                "CannotDelete",
                f'the specified group: "{group.id}" name: "default" cannot be deleted by a user',
            )
        if group is not None and (self._has_group(group) or self._names_group(group)):
            raise DependencyViolationError(f"resource {group.id} has a dependent object")
        super().delete_security_group(name, group_id)

    def _has_group(self, group: Any) -> bool:
        return any(group in each._group_set for each in self.enis.values())  # noqa: SLF001 - moto: its property adds the instance's

    def _names_group(self, group: Any) -> bool:
        return any(
            rule.source_group.get("GroupId") == group.id
            for other in self.groups[group.vpc_id].values()
            if other is not group
            for rule in (*other.ingress_rules, *other.egress_rules)
        )

    def delete_subnet(self, subnet_id: str) -> Any:
        """Delete a subnet without network interfaces."""
        if any(each.subnet.id == subnet_id for each in self.enis.values()):
            raise DependencyViolationError(
                f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            )
        return super().delete_subnet(subnet_id)

    def delete_route_table(self, route_table_id: str) -> None:
        """Delete a route table that is no VPC's main one."""
        if self.get_route_table(route_table_id).main_association_id is not None:
            raise DependencyViolationError(
                f"The routeTable '{route_table_id}' has dependencies and cannot be deleted."
            )
        super().delete_route_table(route_table_id)

    def delete_vpc(self, vpc_id: str) -> Any:
        """Delete a VPC and what came with it, unless an internet gateway is attached."""
        if any(each.vpc is not None and each.vpc.id == vpc_id for each in self._gateways()):
            raise DependencyViolationError(
                f"The vpc '{vpc_id}' has dependencies and cannot be deleted."
            )
        tables = [each for each in self.route_tables.values() if each.vpc_id == vpc_id]
        mains = {each: each.main_association_id for each in tables}
        default: Any = self.get_default_security_group(vpc_id)
        for each in mains:
            each.main_association_id = None
        default.is_default = False
        try:
            return super().delete_vpc(vpc_id)
        except EC2ClientError:
            default.is_default = True
            for each, association in mains.items():
                each.main_association_id = association
            raise

    def _gateways(self) -> list[Any]:
        return list(self.internet_gateways.values())

    # Gateways, routes and addresses

    def attach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> Any:
        """Attach a gateway to a VPC that has none."""
        others = [each for each in self._gateways() if each.id != internet_gateway_id]
        if any(each.vpc is not None and each.vpc.id == vpc_id for each in others):
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Network {vpc_id} already has an internet gateway attached",
            )
        return super().attach_internet_gateway(internet_gateway_id, vpc_id)

    def detach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> None:
        """Detach a gateway from a VPC in which nothing has a public address."""
        if any(each.vpc_id == vpc_id and each.public_ip for each in self.enis.values()):
            raise DependencyViolationError(
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public "
                "address(es) before detaching the gateway."
            )
        super().detach_internet_gateway(internet_gateway_id, vpc_id)

    def associate_route_table(
        self, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None
    ) -> str:
        """Associate a subnet that has no table of its own, or has this one."""
        for each in self.route_tables.values():
            taken = subnet_id is not None and subnet_id in each._associations.values()  # noqa: SLF001 - moto: its property builds dictionaries
            if taken and each.id != route_table_id:
                raise EC2ClientError(
                    "Resource.AlreadyAssociated",
                    f"the specified association for route table {route_table_id} conflicts with "
                    "an existing association",
                )
        return super().associate_route_table(route_table_id, gateway_id, subnet_id)

    def create_route(self, *args: Any, **kwargs: Any) -> Any:
        """Make a route, to a NAT gateway only if there is one."""
        nat = kwargs.get("nat_gateway_id")
        if nat is not None and nat not in self.nat_gateways:
            raise EC2ClientError(
                "InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist"
            )
        return super().create_route(*args, **kwargs)

    def release_address(self, address: str | None = None, allocation_id: str | None = None) -> None:
        """Release an Elastic IP address that nothing has."""
        for each in self.addresses:
            if each.allocation_id == allocation_id and each.association_id and allocation_id:
                raise EC2ClientError(
                    "InvalidIPAddress.InUse", f"Address {each.public_ip} is in use."
                )
        super().release_address(address, allocation_id)

    # Network ACLs

    def delete_network_acl_entry(self, network_acl_id: str, rule_number: int, egress: bool) -> Any:
        """Delete an entry that is there."""
        entries = self.get_network_acl(network_acl_id).network_acl_entries
        if not any((e.rule_number, e.egress) == (rule_number, egress) for e in entries):
            raise EC2ClientError(
                "InvalidNetworkAclEntry.NotFound",
                f"The network acl entry identified by {rule_number} does not exist.",
            )
        return super().delete_network_acl_entry(network_acl_id, rule_number, egress)

    def replace_network_acl_association(self, association_id: str, network_acl_id: str) -> Any:
        """Move a subnet from an ACL to another."""
        acls = self.network_acls.values()
        if not any(association_id in each._associations for each in acls):  # noqa: SLF001 - moto: no public list of them
            raise InvalidAssociationIdError(association_id)
        self.get_network_acl(network_acl_id)
        return super().replace_network_acl_association(association_id, network_acl_id)

    # Instances

    def terminate_instances(self, instance_ids: list[str]) -> Any:
        """Terminate instances; their network interfaces go with them.

        moto: keeps those, with their addresses and security groups.
        Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/scenarios-enis.html
        """
        ended = super().terminate_instances(instance_ids)
        for instance, _ in ended:
            for index, interface in instance.nics.items():
                if index == 0 or interface.delete_on_termination:
                    interfaces.detach(self, interface.id)
        return ended

    def modify_instance_security_groups(
        self, instance_id: str, new_group_id_list: list[str]
    ) -> Any:
        """Give an instance other groups: those of its primary network interface.

        moto: leaves the interface as it was.
        """
        instance: Any = super().modify_instance_security_groups(instance_id, new_group_id_list)
        instance.nics[0]._group_set = list(instance.security_groups)  # noqa: SLF001 - moto: no public setter
        return instance
