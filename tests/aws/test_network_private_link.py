"""PrivateLink: a service behind a Network Load Balancer, used from another VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto.ec2.models import ec2_backends
from network_site import ACCOUNT_ID, ANYWHERE, Site

from ecs_lab.aws import network
from ecs_lab.aws.network import private_link

if TYPE_CHECKING:
    from ecs_lab import Lab

ROOT = f"arn:aws:iam::{ACCOUNT_ID}:root"


class Link:
    """A provider's VPC with an internal Network Load Balancer, a consumer's with an instance."""

    def __init__(self, lab: Lab) -> None:
        self.provider, self.consumer = Site(lab, "10.8.0.0/16"), Site(lab)
        self.ec2, self.elb = self.provider.ec2, lab.client("elbv2")
        self.group = self.provider.group("nlb")
        self.provider.let_in(self.group, 80, {"IpRanges": [{"CidrIp": "10.7.0.0/16"}]})
        self.balancer = self.make_balancer("provider", "network")
        self.client_group = self.consumer.group("client")
        self.subnet = self.consumer.subnet("a")
        self.endpoint_group = self.consumer.group("endpoint")
        self.source = self.consumer.instance(self.subnet, self.client_group)

    def make_balancer(self, name: str, kind: str) -> str:
        """An internal load balancer in two zones: its ARN."""
        made = self.elb.create_load_balancer(
            Name=name,
            Type=kind,
            Scheme="internal",
            Subnets=[self.provider.subnet(zone) for zone in "ab"],
            SecurityGroups=[self.group],
        )
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def service(self, *, acceptance: bool = False, allowed: str | None = ROOT) -> dict[str, Any]:
        """An endpoint service of the load balancer."""
        made = self.ec2.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[self.balancer], AcceptanceRequired=acceptance
        )["ServiceConfiguration"]
        if allowed is not None:
            self.ec2.modify_vpc_endpoint_service_permissions(
                ServiceId=made["ServiceId"], AddAllowedPrincipals=[allowed]
            )
        return dict(made)

    def connect_to(self, service: dict[str, Any], subnet: str | None = None) -> dict[str, Any]:
        """The consumer's endpoint for a service."""
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.consumer.vpc,
            ServiceName=service["ServiceName"],
            VpcEndpointType="Interface",
            SubnetIds=[subnet or self.subnet],
            SecurityGroupIds=[self.endpoint_group],
        )
        return dict(made["VpcEndpoint"])

    def state(self, endpoint: dict[str, Any]) -> str:
        """What DescribeVpcEndpoints says of an endpoint."""
        found = self.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
        return str(found["VpcEndpoints"][0]["State"])

    def arrival(self, endpoint: dict[str, Any]) -> private_link.Connection | network.Obstacle:
        """Where the instance's connection through an endpoint arrives, on port 80."""
        backend = ec2_backends[ACCOUNT_ID]["us-east-1"]
        found = backend.vpc_end_points[endpoint["VpcEndpointId"]]
        return private_link.connect(self.source, found, 80)


@pytest.fixture
def link(lab: Lab) -> Link:
    """Provider and consumer, not connected yet."""
    return Link(lab)


def test_a_connection_goes_from_endpoint_to_load_balancer(link: Link) -> None:
    """The endpoint's security group lets the client in, and the node in the endpoint's zone
    answers; its names mean the endpoint's address.
    """
    service = link.service()
    endpoint = link.connect_to(service)
    assert endpoint["State"] == "available"
    blocked = link.arrival(endpoint)
    assert isinstance(blocked, network.Obstacle)
    assert blocked.resource_id == link.endpoint_group
    link.consumer.let_in(link.endpoint_group, 80, ANYWHERE)
    arrived = link.arrival(endpoint)
    assert isinstance(arrived, private_link.Connection)
    assert arrived.balancer.arn == link.balancer
    assert (arrived.node.zone, arrived.node.address[:7]) == ("us-east-1a", "10.8.0.")
    names = [each["DnsName"] for each in endpoint["DnsEntries"]]
    base = f"{service['ServiceId']}.us-east-1.vpce.amazonaws.com"
    assert all(each.endswith(base) for each in names)
    assert len(names) == 2
    [place] = network.resolve(names[0], link.source)
    assert place.vpc_id == link.consumer.vpc
    backend = ec2_backends[ACCOUNT_ID]["us-east-1"]
    at = private_link.endpoint_at(backend, place.address, link.consumer.vpc)
    assert at.id == endpoint["VpcEndpointId"]
    assert network.addresses(names[1], network.internet()) == [place.address]


def test_a_connection_waits_for_acceptance(link: Link) -> None:
    """Where the service requires it: pendingAcceptance, available, and rejected again."""
    link.consumer.let_in(link.endpoint_group, 80, ANYWHERE)
    service = link.service(acceptance=True)
    endpoint = link.connect_to(service)
    one = {"ServiceId": service["ServiceId"], "VpcEndpointIds": [endpoint["VpcEndpointId"]]}
    assert link.state(endpoint) == "pendingAcceptance"
    assert "waits for acceptance" in str(link.arrival(endpoint))
    assert link.ec2.accept_vpc_endpoint_connections(**one)["Unsuccessful"] == []
    assert isinstance(link.arrival(endpoint), private_link.Connection)
    [told] = link.ec2.describe_vpc_endpoint_connections(
        Filters=[{"Name": "service-id", "Values": [service["ServiceId"]]}]
    )["VpcEndpointConnections"]
    assert (told["VpcEndpointId"], told["VpcEndpointState"]) == (
        endpoint["VpcEndpointId"],
        "available",
    )
    link.ec2.reject_vpc_endpoint_connections(**one)
    assert link.state(endpoint) == "rejected"
    assert str(link.arrival(endpoint)) == (
        f"The VPC endpoint {endpoint['VpcEndpointId']} is rejected by the endpoint service "
        f"{service['ServiceId']}."
    )
    [failure] = link.ec2.accept_vpc_endpoint_connections(
        ServiceId=service["ServiceId"], VpcEndpointIds=["vpce-1"]
    )["Unsuccessful"]
    assert failure["Error"]["Code"] == "InvalidVpcEndpointId.NotFound"


@pytest.mark.parametrize("allowed", [None, "arn:aws:iam::111122223333:root"])
def test_a_service_is_there_for_allowed_principals_only(link: Link, allowed: str | None) -> None:
    """Without a permission the consumer hears that there is no such service."""
    service = link.service(allowed=allowed)
    with pytest.raises(ClientError, match="does not exist") as refused:
        link.connect_to(service)
    assert refused.value.response["Error"]["Code"] == "InvalidServiceName"
    link.ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], AddAllowedPrincipals=["*"]
    )
    assert link.connect_to(service)["State"] == "available"


def test_an_endpoint_service_wants_a_network_load_balancer(link: Link) -> None:
    """An Application Load Balancer is refused, and a balancer in front of another service too."""
    application = link.make_balancer("application", "application")
    create = link.ec2.create_vpc_endpoint_service_configuration
    with pytest.raises(ClientError, match="is not a Network Load Balancer") as refused:
        create(NetworkLoadBalancerArns=[application])
    assert refused.value.response["Error"]["Code"] == "InvalidParameter"
    link.service()
    with pytest.raises(ClientError, match="already associated"):
        create(NetworkLoadBalancerArns=[link.balancer])
    assert (
        len(link.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]) == 1
    )


def test_an_endpoint_stands_in_zones_of_the_load_balancer(link: Link) -> None:
    """In another zone it is refused."""
    service = link.service()
    elsewhere = link.consumer.subnet("c")
    with pytest.raises(ClientError, match=f"availability zone of the subnet: {elsewhere}"):
        link.connect_to(service, elsewhere)


def test_groups_of_the_load_balancer_are_asked_for_the_clients_address(link: Link) -> None:
    """Unless that is turned off for PrivateLink's traffic."""
    link.consumer.let_in(link.endpoint_group, 80, ANYWHERE)
    closed = link.provider.group("closed")
    link.elb.set_security_groups(LoadBalancerArn=link.balancer, SecurityGroups=[closed])
    endpoint = link.connect_to(link.service())
    blocked = link.arrival(endpoint)
    assert isinstance(blocked, network.Obstacle)
    assert blocked.resource_id == closed
    assert link.source.address in blocked.sentence
    key = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    told = link.elb.set_security_groups(
        LoadBalancerArn=link.balancer, SecurityGroups=[closed], **{key: "off"}
    )
    assert (told["SecurityGroupIds"], told[key]) == ([closed], "off")
    assert isinstance(link.arrival(endpoint), private_link.Connection)


def test_what_is_in_use_is_not_deleted(link: Link) -> None:
    """A balancer in front of a service stays, and a service with connections."""
    service = link.service()
    endpoint = link.connect_to(service)["VpcEndpointId"]
    with pytest.raises(ClientError, match="currently associated with another service") as refused:
        link.elb.delete_load_balancer(LoadBalancerArn=link.balancer)
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"
    one = {"ServiceIds": [service["ServiceId"]]}
    [failure] = link.ec2.delete_vpc_endpoint_service_configurations(**one)["Unsuccessful"]
    assert failure["Error"]["Code"] == "ExistingVpcEndpointConnections"
    link.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert link.ec2.delete_vpc_endpoint_service_configurations(**one)["Unsuccessful"] == []
    link.elb.delete_load_balancer(LoadBalancerArn=link.balancer)
