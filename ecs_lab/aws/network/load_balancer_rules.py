"""What Elastic Load Balancing refuses of subnets, security groups and target groups.

moto: makes a load balancer of any type of any subnets, a second one of the same name, and listeners
that forward to any target group. AWS documents the rules and the codes; the texts were seen in the
field, in public logs.
Source:
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moto.elbv2.exceptions import ELBClientError

APPLICATION = ("HTTP", "HTTPS")
NETWORK = ("TCP", "TLS", "UDP", "TCP_UDP")
_FROM: dict[str, tuple[str, ...]] = {
    "HTTP": APPLICATION,
    "HTTPS": APPLICATION,
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
}
"""Listener's protocol -> protocols of the target groups that it forwards to.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-target-group.html
"""


def check_subnets(ec2: Any, subnets: Sequence[Any], kind: str, scheme: str) -> None:
    """One VPC, one subnet a zone, two zones for an Application Load Balancer, and an internet
    gateway for one that faces the internet.
    """
    vpc_id = subnets[0].vpc_id
    if any(each.vpc_id != vpc_id for each in subnets):
        raise _invalid(f"All subnets must belong to the same VPC: '{vpc_id}'")
    zones = {each.availability_zone for each in subnets}
    if len(zones) < len(subnets):
        raise _invalid(
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        )
    if kind == "application" and len(zones) < 2:
        raise ELBClientError(
            "ValidationError",
            "At least two subnets in two different Availability Zones must be specified",
        )
    if scheme == "internet-facing" and not has_internet_gateway(ec2, vpc_id):
        raise ELBClientError("InvalidSubnet", f"VPC {vpc_id} has no internet gateway")


def has_internet_gateway(ec2: Any, vpc_id: str) -> bool:
    """Whether an internet gateway is attached to a VPC."""
    gateways = ec2.internet_gateways.values()
    return any(each.vpc is not None and each.vpc.id == vpc_id for each in gateways)


def check_groups(ec2: Any, group_ids: Iterable[str], vpc_id: str) -> None:
    """Security groups are there, and of the load balancer's VPC."""
    if any(each not in ec2.groups[vpc_id] for each in group_ids):
        raise _invalid("One or more security groups are invalid")


def check_targets(balancer: Any, protocol: str | None, groups: Iterable[Any]) -> None:
    """A listener's target groups are of its VPC and protocol, and of no other load balancer.

    AWS words the rule for protocols like this for protocol versions; for protocols its text was
    not seen.
    """
    for group in groups:
        if group.vpc_id and group.vpc_id != balancer.vpc_id:
            raise _invalid(
                f"Target group '{group.arn}' is in a different VPC than load balancer "
                f"'{balancer.arn}'"
            )
        if group.protocol and protocol in _FROM and group.protocol not in _FROM[protocol]:
            raise ELBClientError(
                "InvalidLoadBalancerAction",
                f"Listener protocol '{protocol}' is not supported with a target group with the "
                f"protocol '{group.protocol}'",
            )
        if any(each != balancer.arn for each in group.load_balancer_arns):
            raise ELBClientError(
                "TargetGroupAssociationLimit",
                "The following target groups cannot be associated with more than one load "
                f"balancer: {group.arn}",
            )


def forwards_to(action: Mapping[str, Any]) -> list[str]:
    """The ARNs of the target groups that an action of a listener or rule forwards to."""
    forwards = (action.get("ForwardConfig") or {}).get("TargetGroups", [])
    found = [each.get("TargetGroupArn") for each in (action, *forwards)]
    return [each for each in found if each]


def check_deletion(ec2: Any, balancer: Any) -> None:
    """No deletion of what is protected, or in front of an endpoint service.

    Source:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
    """
    if str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
        raise ELBClientError(
            "OperationNotPermitted",
            f"Load balancer '{balancer.arn}' cannot be deleted because deletion protection is "
            "enabled",
        )
    services = ec2.configurations.values()
    if any(balancer.arn in each.network_load_balancer_arns for each in services):
        raise ELBClientError(
            "ResourceInUse",
            f"Load balancer '{balancer.arn}' cannot be deleted because it is currently associated "
            "with another service",
        )


def check_takes_rules(balancer: Any) -> None:
    """Only listeners of Application Load Balancers have rules; the text is ours.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
    """
    if balancer.type != "application":
        raise _invalid(
            f"The listener of {balancer.name} can have no rules: only those of an Application Load "
            "Balancer can. Use its default action."
        )


def _invalid(message: str) -> ELBClientError:
    return ELBClientError("InvalidConfigurationRequest", message)
