"""Ways from a VPC to AWS's services and to public registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from network_site import Site, group

from ecs_lab.aws import network

if TYPE_CHECKING:
    from ecs_lab import Lab

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"


class Private(Site):
    """A VPC with a private subnet and an instance in it, and a public subnet beside."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.private, self.public = self.subnet("a"), self.subnet("b", public=True)
        self.app, self.endpoints = self.group("app"), self.group("endpoints")
        self.source = self.instance(self.private, self.app)

    def endpoint(self, service: str, **more: object) -> str:
        """An interface endpoint in the private subnet: its id."""
        request = {"SubnetIds": [self.private], "SecurityGroupIds": [self.endpoints], **more}
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc,
            ServiceName=f"com.amazonaws.us-east-1.{service}",
            VpcEndpointType="Interface",
            **request,
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def gateway(self, service: str = "s3") -> str:
        """A gateway endpoint for the private subnet's route table: its id."""
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc,
            ServiceName=f"com.amazonaws.us-east-1.{service}",
            RouteTableIds=[self.table(self.private)],
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])


@pytest.fixture
def site(lab: Lab) -> Private:
    """A private subnet with nothing but itself."""
    return Private(lab)


def test_a_private_subnet_alone_reaches_no_service(site: Private) -> None:
    """Without a NAT gateway or an endpoint nothing leaves, and the sentence says what helps."""
    table = site.table(site.private)
    assert str(network.service_obstacle(site.source, "logs")) == (
        f"The route table {table} of {site.private}, where {site.source.name} is, has no route to "
        "the service logs: add one to a NAT gateway, or to an internet gateway and give it a "
        "public IP address, or give the VPC an endpoint for logs."
    )
    assert network.pull_obstacle(site.source, IMAGE) is not None
    assert network.pull_obstacle(site.source, "nginx") is not None


def test_a_nat_gateway_in_a_public_subnet_is_a_way_out(site: Private) -> None:
    """It has to be in a subnet whose own route leads to the internet gateway, and available."""
    nat = site.nat(site.public)
    site.route(site.private, NatGatewayId=nat)
    assert network.pull_obstacle(site.source, IMAGE) is None
    assert network.pull_obstacle(site.source, "nginx") is None
    site.ec2.delete_nat_gateway(NatGatewayId=nat)
    blocked = network.internet_obstacle(site.source)
    assert str(blocked) == (
        f"The route table {site.table(site.private)} leads to the NAT gateway {nat}, but that is "
        "deleted: route to one that is available."
    )


def test_a_nat_gateway_in_a_private_subnet_leads_nowhere(site: Private) -> None:
    """Its own subnet has no route to the internet gateway."""
    other = site.subnet("c")
    nat = site.nat(other)
    site.route(site.private, NatGatewayId=nat)
    blocked = network.internet_obstacle(site.source)
    assert blocked is not None
    assert (blocked.kind, blocked.resource_id) == ("route", site.table(other))
    assert "put the NAT gateway into a public subnet" in blocked.sentence


def test_a_public_nat_gateway_fails_in_a_vpc_without_an_internet_gateway(lab: Lab) -> None:
    """Its failure code and message tell why."""
    site = Site(lab)
    site.nat(site.subnet())
    filters = [{"Name": "vpc-id", "Values": [site.vpc]}]
    [nat] = site.ec2.describe_nat_gateways(Filters=filters)["NatGateways"]
    assert (nat["State"], nat["FailureCode"]) == ("failed", "Gateway.NotAttached")
    assert nat["FailureMessage"] == f"Network {site.vpc} has no Internet gateway attached"
    assert nat["NatGatewayAddresses"][0]["PrivateIp"].startswith("10.7.0.")


def test_a_public_subnet_takes_a_public_address(site: Private) -> None:
    """In a public subnet without a public address nothing can be pulled; a NAT gateway elsewhere
    does not help.
    """
    hidden = site.instance(site.public, site.app)
    blocked = network.pull_obstacle(hidden, IMAGE)
    assert blocked is not None
    assert blocked.kind == "public address"
    assert "leads to an internet gateway, but" in blocked.sentence
    assert network.pull_obstacle(site.instance(site.public, site.app, public=True), IMAGE) is None


def test_a_pull_from_ecr_takes_three_endpoints(site: Private) -> None:
    """The API, the registry, and Amazon S3 for the layers; Docker Hub stays out of reach."""
    site.let_in(site.endpoints, 443, group(site.app))
    for service in ("ecr.api", "ecr.dkr"):
        blocked = network.pull_obstacle(site.source, IMAGE)
        assert blocked is not None
        assert f"the service {service}" in blocked.sentence
        site.endpoint(service)
    assert "the service s3" in str(network.pull_obstacle(site.source, IMAGE))
    gateway = site.gateway()
    assert network.pull_obstacle(site.source, IMAGE) is None
    assert network.pull_obstacle(site.source, "nginx") is not None
    site.ec2.delete_vpc_endpoints(VpcEndpointIds=[gateway])
    assert "the service s3" in str(network.pull_obstacle(site.source, IMAGE))


def test_an_endpoint_lets_in_what_its_groups_do(site: Private) -> None:
    """One that does not is in the way even where a NAT gateway is: its private DNS name takes all
    of the VPC's requests.
    """
    site.route(site.private, NatGatewayId=site.nat(site.public))
    assert network.service_obstacle(site.source, "logs") is None
    endpoint = site.endpoint("logs")
    blocked = network.service_obstacle(site.source, "logs")
    assert blocked is not None
    assert (blocked.kind, blocked.resource_id) == ("security group", site.endpoints)
    assert f"reach the VPC endpoint {endpoint} on TCP port 443" in blocked.sentence
    site.let_in(site.endpoints, 443, group(site.app))
    assert network.service_obstacle(site.source, "logs") is None


def test_an_endpoint_serves_all_zones_of_its_vpc(site: Private) -> None:
    """A place in a zone without a network interface of the endpoint reaches it in another."""
    site.let_in(site.endpoints, 443, group(site.app))
    site.endpoint("logs")
    assert network.service_obstacle(site.instance(site.subnet("c"), site.app), "logs") is None


def test_an_endpoint_without_private_dns_is_not_found_by_clients(site: Private) -> None:
    """The service's own name still means its public address."""
    site.let_in(site.endpoints, 443, group(site.app))
    site.endpoint("logs", PrivateDnsEnabled=False)
    assert network.service_obstacle(site.source, "logs") is not None


def test_an_endpoint_is_of_one_region(site: Private) -> None:
    """A service of another Region is reached over the internet only."""
    site.let_in(site.endpoints, 443, group(site.app))
    site.endpoint("logs")
    assert network.service_obstacle(site.source, "logs", "eu-west-1") is not None


def test_outbound_rules_reach_s3_by_its_prefix_list(site: Private) -> None:
    """A group that lets nothing out but HTTPS to the prefix list of S3 reaches S3 alone."""
    site.gateway()
    [s3] = site.ec2.describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": ["com.amazonaws.us-east-1.s3"]}]
    )["PrefixLists"]
    site.let_nothing_out(site.app)
    assert "No outbound rule" in str(network.service_obstacle(site.source, "s3"))
    site.let_out(site.app, 443, {"PrefixListIds": [{"PrefixListId": s3["PrefixListId"]}]})
    assert network.service_obstacle(site.source, "s3") is None
    assert "No outbound rule" in str(network.service_obstacle(site.source, "logs"))


@pytest.mark.parametrize(
    ("wrong", "code", "text"),
    [
        ("service", "InvalidServiceName", "does not exist"),
        ("dns", "InvalidParameter", "Enabling private DNS requires both enableDnsSupport"),
        ("twice", "InvalidParameter", "already a conflicting DNS domain for logs.us-east-1"),
        ("zone", "DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(
    site: Private, wrong: str, code: str, text: str
) -> None:
    """With AWS's code and text, and nothing is made."""
    if wrong == "dns":
        site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsHostnames={"Value": False})
    if wrong == "twice":
        site.endpoint("logs")
    before = site.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    subnets = [site.private, site.subnet("a")] if wrong == "zone" else [site.private]
    with pytest.raises(ClientError, match=text) as refused:
        site.endpoint("logz" if wrong == "service" else "logs", SubnetIds=subnets)
    assert refused.value.response["Error"]["Code"] == code
    assert site.ec2.describe_vpc_endpoints()["VpcEndpoints"] == before


def test_a_changed_endpoint_changes_its_interfaces_and_routes(site: Private) -> None:
    """Subnets, security groups and route tables can be added and taken away."""
    endpoint, gateway = site.endpoint("logs"), site.gateway()
    other, table = site.subnet("c"), site.table(site.public)
    site.let_in(site.app, 443, group(site.app))
    site.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint,
        AddSubnetIds=[other],
        RemoveSubnetIds=[site.private],
        AddSecurityGroupIds=[site.app],
    )
    site.ec2.modify_vpc_endpoint(
        VpcEndpointId=gateway,
        AddRouteTableIds=[table],
        RemoveRouteTableIds=[site.table(site.private)],
    )
    [made] = site.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    [interface] = site.ec2.describe_network_interfaces(
        NetworkInterfaceIds=made["NetworkInterfaceIds"]
    )["NetworkInterfaces"]
    assert made["SubnetIds"] == [interface["SubnetId"]] == [other]
    assert {each["GroupId"] for each in interface["Groups"]} == {site.app, site.endpoints}
    assert network.service_obstacle(site.source, "logs") is None
    assert network.service_obstacle(site.source, "s3") is not None
    [public] = site.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert gateway in [each.get("GatewayId") for each in public["Routes"]]


def test_the_default_vpc_is_public(lab: Lab) -> None:
    """It has an internet gateway and a route to it, so that an instance there reaches services."""
    ec2 = lab.client("ec2")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])[
        "Subnets"
    ]
    site = Site(lab)
    place = site.instance(subnets[0]["SubnetId"], public=True)
    assert network.pull_obstacle(place, IMAGE) is None
