"""Operations of EC2's API that moto lacks or answers wrongly, in the form that moto finds them."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidParameter, UnknownVpcEndpointService
from moto.ec2.responses import EC2Response

from ecs_lab.aws.network import private_link

CONNECTED = ("available", "pendingAcceptance")
"""The states in which an endpoint counts as connected."""


def accept_vpc_endpoint_connections(self: Any) -> ActionResult:
    """AcceptVpcEndpointConnections.

    Source:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcEndpointConnections.html
    """
    return _decide(self, "available", ("pendingAcceptance", "rejected"))


def reject_vpc_endpoint_connections(self: Any) -> ActionResult:
    """RejectVpcEndpointConnections.

    Source:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RejectVpcEndpointConnections.html
    """
    return _decide(self, "rejected", ("pendingAcceptance", "available"))


def _decide(response: Any, state: str, among: tuple[str, ...]) -> ActionResult:
    """Put connections into a state; those that cannot be are told of, as AWS does."""
    ec2, unsuccessful = response.ec2_backend, []
    service = _service(ec2, response._get_param("ServiceId"))  # noqa: SLF001 - moto: how its operations read
    ours = {each.id: each for each in private_link.connected(ec2, service)}
    for each in response._get_param("VpcEndpointIds", []):  # noqa: SLF001
        endpoint = ours.get(each)
        if endpoint is None:
            text = f"The VpcEndpoint Id '{each}' does not exist"
            unsuccessful.append(_failure(each, "InvalidVpcEndpointId.NotFound", text))
        elif endpoint.state not in among:
            text = f"The VpcEndpoint Id '{each}' is in the state {endpoint.state}"
            unsuccessful.append(_failure(each, "InvalidState", text))
        else:
            endpoint.state = state
    return ActionResult({"Unsuccessful": unsuccessful})


def delete_vpc_endpoint_service_configurations(self: Any) -> ActionResult:
    """DeleteVpcEndpointServiceConfigurations, which leaves services that somebody is connected to.

    moto: deletes them too. AWS documents the rule, the code was seen in the field.
    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/delete-endpoint-service.html
    """
    ec2, unsuccessful = self.ec2_backend, []
    for each in self._get_param("ServiceIds", []):
        service = ec2.configurations.get(each)
        if service is None:
            text = f"The VpcEndpointService Id '{each}' does not exist"
            unsuccessful.append(_failure(each, "InvalidVpcEndpointService.NotFound", text))
        elif any(e.state in CONNECTED for e in private_link.connected(ec2, service)):
            text = f"The service {each} has existing active VPC Endpoint connections"
            unsuccessful.append(_failure(each, "ExistingVpcEndpointConnections", text))
        else:
            ec2.delete_vpc_endpoint_service_configurations([each])
    return ActionResult({"Unsuccessful": unsuccessful})


def _failure(resource_id: str, code: str, message: str) -> dict[str, Any]:
    return {"ResourceId": resource_id, "Error": {"Code": code, "Message": message}}


def _service(ec2: Any, service_id: str) -> Any:
    if service_id not in ec2.configurations:
        raise UnknownVpcEndpointService(service_id)
    return ec2.configurations[service_id]


def describe_vpc_endpoint_connections(self: Any) -> ActionResult:
    """DescribeVpcEndpointConnections.

    Source:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointConnections.html
    """
    ec2, filters = self.ec2_backend, self._filters_from_querystring()
    found = [
        _connection(ec2, service, endpoint)
        for service in ec2.configurations.values()
        for endpoint in private_link.connected(ec2, service)
    ]
    for name, key in _FILTERS.items():
        if name in filters:
            found = [each for each in found if each[key] in filters[name]]
    unknown = sorted(set(filters) - set(_FILTERS))
    if unknown:
        raise InvalidParameter(f"The filter '{unknown[0]}' is invalid")
    return ActionResult({"VpcEndpointConnections": found})


_FILTERS = {
    "service-id": "ServiceId",
    "vpc-endpoint-id": "VpcEndpointId",
    "vpc-endpoint-owner": "VpcEndpointOwner",
    "vpc-endpoint-state": "VpcEndpointState",
}


def _connection(ec2: Any, service: Any, endpoint: Any) -> dict[str, Any]:
    return {
        "ServiceId": service.id,
        "VpcEndpointId": endpoint.id,
        "VpcEndpointOwner": ec2.account_id,
        "VpcEndpointState": endpoint.state,
        "CreationTimestamp": endpoint.creation_timestamp,
        "DnsEntries": [
            {"DnsName": each["dns_name"], "HostedZoneId": each["hosted_zone_id"]}
            for each in endpoint.dns_entries
        ],
        "NetworkLoadBalancerArns": service.network_load_balancer_arns,
        "IpAddressType": "ipv4",
        "VpcEndpointRegion": ec2.region_name,
    }


def install() -> None:
    """Give moto's EC2 these operations."""
    # moto: finds an operation by the method of its name.
    for each in (
        accept_vpc_endpoint_connections,
        reject_vpc_endpoint_connections,
        describe_vpc_endpoint_connections,
        delete_vpc_endpoint_service_configurations,
    ):
        setattr(EC2Response, each.__name__, each)
