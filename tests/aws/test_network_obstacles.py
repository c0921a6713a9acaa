"""Packets in a VPC that a learner built: what lets them through and what is in their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from network_site import ANYWHERE, Site, group

from ecs_lab.aws import network

if TYPE_CHECKING:
    from ecs_lab import Lab


@pytest.fixture
def site(lab: Lab) -> Site:
    """An empty VPC."""
    return Site(lab)


def kind(blocked: network.Obstacle | None) -> tuple[str, str] | None:
    """The kind of an obstacle and the id of what to change."""
    return None if blocked is None else (blocked.kind, blocked.resource_id)


def test_a_group_lets_in_what_its_rules_name(site: Site) -> None:
    """An inbound rule for a group admits its members on that port, and nobody else."""
    front, back = site.group("front"), site.group("back")
    site.let_in(back, 80, group(front))
    subnet = site.subnet()
    web, app, other = (site.instance(subnet, each) for each in (front, back, back))
    assert network.obstacle(web, app, 80) is None
    assert str(network.obstacle(web, app, 81)) == (
        f"No inbound rule of security group {back} (back) lets {web.name} ({web.address}, {front}) "
        f"reach {app.name} on TCP port 81: add one."
    )
    assert kind(network.obstacle(other, app, 80)) == ("security group", back)
    assert kind(network.obstacle(web, app, 80, "udp")) == ("security group", back)


def test_a_group_lets_out_what_its_rules_name(site: Site) -> None:
    """Without the outbound rule that every group begins with, only what another rule names
    leaves.
    """
    front, back = site.group("front"), site.group("back")
    site.let_in(back, 80, ANYWHERE)
    site.let_in(back, 81, ANYWHERE)
    subnet = site.subnet()
    web, app = site.instance(subnet, front), site.instance(subnet, back)
    assert network.obstacle(web, app, 81) is None
    site.let_out(front, 80, group(back))
    assert network.obstacle(web, app, 80) is None
    assert str(network.obstacle(web, app, 81)) == (
        f"No outbound rule of security group {front} (front) lets {web.name} send to {app.address} "
        "on TCP port 81: add one."
    )


def test_rules_of_all_groups_of_a_place_count_together(site: Site) -> None:
    """Each of two groups may let in what the other does not."""
    first, second = site.group("first"), site.group("second")
    site.let_in(first, 80, ANYWHERE)
    site.let_in(second, 443, {"IpRanges": [{"CidrIp": "10.7.0.0/24"}]})
    subnet = site.subnet()
    both, other = site.instance(subnet, first, second), site.instance(subnet, first)
    assert network.obstacle(other, both, 80) is None
    assert network.obstacle(other, both, 443) is None
    assert kind(network.obstacle(both, other, 443)) == ("security group", first)


def test_a_prefix_list_stands_for_its_addresses(site: Site) -> None:
    """A rule for a prefix list admits the addresses that are in it now."""
    lists, blocks = site.ec2, [{"Cidr": "10.7.0.0/28"}]
    made = lists.create_managed_prefix_list(
        PrefixListName="us", MaxEntries=5, AddressFamily="IPv4", Entries=blocks
    )["PrefixList"]
    name = {"PrefixListIds": [{"PrefixListId": made["PrefixListId"]}]}
    app = site.group("app")
    site.let_in(app, 80, name)
    inside, subnet = site.subnet(), site.subnet()
    near, far, here = (site.instance(each, app) for each in (inside, subnet, subnet))
    assert network.obstacle(near, here, 80) is None
    assert kind(network.obstacle(far, here, 80)) == ("security group", app)
    lists.modify_managed_prefix_list(
        PrefixListId=made["PrefixListId"],
        CurrentVersion=1,
        AddEntries=[{"Cidr": "10.7.1.0/24"}],
        RemoveEntries=[],
    )
    assert network.obstacle(far, here, 80) is None


def test_a_network_acl_needs_a_rule_for_each_direction(site: Site) -> None:
    """It keeps no state: without a rule for the answer nothing works, and the lowest number that
    fits decides.
    """
    app = site.group("app")
    site.let_in(app, 80, ANYWHERE)
    here, there = site.subnet("a"), site.subnet("b")
    web, db = site.instance(here, app), site.instance(there, app)
    acl = site.ec2.create_network_acl(VpcId=site.vpc)["NetworkAcl"]["NetworkAclId"]
    acls = site.ec2.describe_network_acls()["NetworkAcls"]
    own = [a for each in acls for a in each["Associations"] if a["SubnetId"] == there]
    site.ec2.replace_network_acl_association(
        AssociationId=own[0]["NetworkAclAssociationId"], NetworkAclId=acl
    )

    def entry(number: int, action: str, first: int, last: int, *, egress: bool) -> None:
        site.ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=number,
            Protocol="6",
            RuleAction=action,
            Egress=egress,
            CidrBlock="10.7.0.0/24",
            PortRange={"From": first, "To": last},
        )

    assert kind(network.obstacle(web, db, 80)) == ("network ACL", acl)
    entry(100, "allow", 80, 80, egress=False)
    assert str(network.obstacle(web, db, 80)) == (
        f"The network ACL {acl} of {there} does not let the answer on TCP port 50000 out to "
        f"{web.address}: it keeps no state, so both directions need a rule."
    )
    entry(100, "allow", 1024, 65535, egress=True)
    assert network.obstacle(web, db, 80) is None
    assert network.obstacle(site.instance(there, app), db, 80) is None
    entry(50, "deny", 1, 100, egress=False)
    assert kind(network.obstacle(web, db, 80)) == ("network ACL", acl)


def test_from_the_internet_only_what_is_public_is_reached(site: Site) -> None:
    """A place needs a public address, and its subnet a route to an internet gateway."""
    web = site.group("web")
    site.let_in(web, 80, ANYWHERE)
    public, private = site.subnet("a", public=True), site.subnet("b")
    reached = site.instance(public, web, public=True)
    assert network.obstacle(network.internet(), reached, 80) is None
    assert kind(network.obstacle(network.internet(), reached, 81)) == ("security group", web)
    hidden = site.instance(public, web)
    assert str(network.obstacle(network.internet(), hidden, 80)) == (
        f"The instance {hidden.name.split()[-1]} has no public IP address: from the internet "
        "nothing reaches it."
    )
    unrouted = site.instance(private, web, public=True)
    blocked = network.obstacle(network.internet(), unrouted, 80)
    assert kind(blocked) == ("route", site.table(private))
    site.ec2.delete_route(RouteTableId=site.table(public), DestinationCidrBlock="0.0.0.0/0")
    assert kind(network.obstacle(network.internet(), reached, 80)) == ("route", site.table(public))


def test_a_subnet_without_a_table_of_its_own_has_the_main_one(site: Site) -> None:
    """The main route table holds for subnets that are associated with no other."""
    app = site.group("app")
    made = site.ec2.create_subnet(VpcId=site.vpc, CidrBlock="10.7.9.0/24")["Subnet"]["SubnetId"]
    place = site.instance(made, app, public=True)
    named = [
        {"Name": "vpc-id", "Values": [site.vpc]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    [main] = site.ec2.describe_route_tables(Filters=named)["RouteTables"]
    assert kind(network.internet_obstacle(place)) == ("route", main["RouteTableId"])
    site.ec2.create_route(
        RouteTableId=main["RouteTableId"],
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=site.internet_gateway(),
    )
    assert network.internet_obstacle(place) is None


def test_two_vpcs_need_an_active_peering_and_routes_both_ways(lab: Lab) -> None:
    """Between VPCs there is no way but a peering connection, once it is accepted and routed."""
    here, there = Site(lab), Site(lab, "10.8.0.0/16")
    mine, yours = here.subnet(), there.subnet()
    app, web = there.group("app"), here.group("web")
    there.let_in(app, 80, {"IpRanges": [{"CidrIp": "10.7.0.0/16"}]})
    source, target = here.instance(mine, web), there.instance(yours, app)
    assert str(network.obstacle(source, target, 80)) == (
        f"The instance {target.name.split()[-1]} is in another VPC, and the route table "
        f"{here.table(mine)} of {mine} has no route there by an active VPC peering connection: use "
        "PrivateLink or peer the VPCs."
    )
    made = here.ec2.create_vpc_peering_connection(VpcId=here.vpc, PeerVpcId=there.vpc)
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    here.route(mine, "10.8.0.0/16", VpcPeeringConnectionId=peering)
    assert kind(network.obstacle(source, target, 80)) == ("route", here.table(mine))
    here.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert kind(network.obstacle(source, target, 80)) == ("route", there.table(yours))
    there.route(yours, "10.7.0.0/16", VpcPeeringConnectionId=peering)
    assert network.obstacle(source, target, 80) is None


def balancer(site: Site, name: str, *subnets: str, **more: Any) -> str:
    """A load balancer: its ARN."""
    elb = site.lab.client("elbv2")
    made = elb.create_load_balancer(Name=name, Subnets=list(subnets), **more)
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def test_a_load_balancer_stands_in_each_of_its_subnets(site: Site) -> None:
    """Clients reach its nodes by its security groups, and it reaches targets that name those."""
    web, app = site.group("web"), site.group("app")
    site.let_in(web, 80, ANYWHERE)
    site.let_in(app, 8080, group(web))
    subnets = [site.subnet(zone, public=True) for zone in "ab"]
    arn = balancer(site, "front", *subnets, SecurityGroups=[web])
    node, target = site.balancer(arn, "b"), site.instance(site.subnet("c"), app)
    assert node.address.startswith("10.7.1.")
    assert node.zone == "us-east-1b"
    assert network.obstacle(network.internet(), node, 80) is None
    assert network.obstacle(node, target, 8080) is None
    assert kind(network.obstacle(network.internet(), node, 443)) == ("security group", web)
    with pytest.raises(network.NoPlaceError, match="not enabled in us-east-1c"):
        site.balancer(arn, "c")


def test_a_network_load_balancer_may_keep_the_address_of_its_client(site: Site) -> None:
    """Then a target's rules are about the client; a rule for the balancer's group admits it all
    the same.
    """
    app, own = site.group("app"), site.group("nlb")
    subnet = site.subnet(public=True)
    site.let_in(app, 80, {"IpRanges": [{"CidrIp": "10.7.0.0/16"}]})
    site.let_in(app, 81, group(own))
    target = site.instance(site.subnet("b"), app)
    bare = site.balancer(balancer(site, "bare", subnet, Type="network"))
    assert network.obstacle(network.internet(), bare, 80) is None
    assert network.obstacle(bare, target, 80) is None
    assert kind(network.obstacle(bare.for_client("203.0.113.9"), target, 80)) == (
        "security group",
        app,
    )
    grouped = balancer(site, "grouped", subnet, Type="network", SecurityGroups=[own])
    keeping = site.balancer(grouped).for_client("203.0.113.9")
    assert network.obstacle(keeping, target, 81) is None


def test_inside_the_vpc_a_public_balancer_is_reached_from_outside(site: Site) -> None:
    """Its name means public addresses, so a client's packets go by the NAT gateway and carry its
    address: a rule for the client's group is not about them.
    """
    client, web = site.group("client"), site.group("web")
    site.let_in(web, 80, group(client))
    public = [site.subnet(zone, public=True) for zone in "ab"]
    private = site.subnet("c")
    arn = balancer(site, "front", *public, SecurityGroups=[web])
    node, source = site.balancer(arn), site.instance(private, client)
    assert network.obstacle(source, node, 80) is None
    outside = node.from_outside()
    assert kind(network.obstacle(source, outside, 80)) == ("route", site.table(private))
    site.route(private, NatGatewayId=site.nat(public[0]))
    assert kind(network.obstacle(source, outside, 80)) == ("security group", web)
    site.let_in(web, 80, ANYWHERE)
    assert network.obstacle(source, outside, 80) is None
