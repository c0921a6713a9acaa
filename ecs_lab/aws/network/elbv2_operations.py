"""What moto reads too little of: a load balancer in a template, and SetSecurityGroups."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.models import FakeLoadBalancer, elbv2_backends
from moto.elbv2.responses import ELBV2Response


def set_security_groups(self: Any) -> ActionResult:
    """SetSecurityGroups, which also says whether PrivateLink's traffic is subject to inbound rules.

    moto: does not read that.
    """
    parameters = self._get_params()
    arn, key = parameters["LoadBalancerArn"], "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    backend = self.elbv2_backend
    if "SecurityGroups" in parameters:
        backend.set_security_groups(arn, parameters["SecurityGroups"])
    balancer = backend.describe_load_balancers([arn], [])[0]
    if key in parameters:
        balancer.enforce_security_group_inbound_rules_on_private_link_traffic = parameters[key]
    said = getattr(balancer, "enforce_security_group_inbound_rules_on_private_link_traffic", None)
    shown = {"SecurityGroupIds": balancer.security_groups, key: said}
    return ActionResult({name: value for name, value in shown.items() if value is not None})


def from_template(
    cls: type[Any],
    /,
    resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
    **_: Any,
) -> FakeLoadBalancer:
    """A load balancer of a CloudFormation template.

    moto: drops the type, the mappings, the tags and the name.
    Source:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html
    """
    said = cloudformation_json["Properties"]
    return elbv2_backends[account_id][region_name].create_load_balancer(
        said.get("Name") or resource_name,
        said.get("SecurityGroups") or [],
        said.get("Subnets") or [],
        said.get("SubnetMappings"),
        scheme=said.get("Scheme") or "internet-facing",
        loadbalancer_type=said.get("Type"),
        ip_address_type=said.get("IpAddressType") or "ipv4",
        tags=said.get("Tags"),
    )


def install() -> None:
    """Put these into the place of moto's."""
    made = classmethod(from_template)
    setattr(FakeLoadBalancer, "create_from_cloudformation_json", made)  # noqa: B010 - of a typed class
    setattr(ELBV2Response, "set_security_groups", set_security_groups)  # noqa: B010 - of a typed class
