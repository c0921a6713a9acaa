"""What Elastic Load Balancing refuses, with AWS's codes and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from network_site import Site

if TYPE_CHECKING:
    from ecs_lab import Lab


class Balancers(Site):
    """A VPC with public subnets in two zones, and load balancers in it."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.elb = lab.client("elbv2")
        self.subnets = [self.subnet(zone, public=True) for zone in "ab"]

    def make(self, name: str = "web", **request: Any) -> str:
        """A load balancer: its ARN."""
        request = {"Subnets": self.subnets, **request}
        made = self.elb.create_load_balancer(Name=name, **request)
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def targets(self, name: str, protocol: str = "HTTP", vpc: str | None = None) -> str:
        """A target group: its ARN."""
        made = self.elb.create_target_group(
            Name=name, Protocol=protocol, Port=80, VpcId=vpc or self.vpc, TargetType="ip"
        )
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def listen(self, arn: str, group: str, port: int = 80, protocol: str = "HTTP") -> str:
        """A listener that forwards to a target group: its ARN."""
        made = self.elb.create_listener(
            LoadBalancerArn=arn,
            Protocol=protocol,
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return str(made["Listeners"][0]["ListenerArn"])


@pytest.fixture
def site(lab: Lab) -> Balancers:
    """A VPC with two public subnets."""
    return Balancers(lab)


def refused(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    """The code and text of an error."""
    told = error.value.response["Error"]
    return told["Code"], told["Message"]


def test_an_application_load_balancer_wants_two_zones(site: Balancers) -> None:
    """One subnet is not enough for it; a Network Load Balancer takes one."""
    with pytest.raises(ClientError) as error:
        site.make(Subnets=site.subnets[:1])
    assert refused(error) == (
        "ValidationError",
        "At least two subnets in two different Availability Zones must be specified",
    )
    assert site.elb.describe_load_balancers()["LoadBalancers"] == []
    assert ":loadbalancer/net/web/" in site.make(Type="network", Subnets=site.subnets[:1])


def test_one_subnet_a_zone(site: Balancers) -> None:
    """Two subnets of one zone are refused."""
    with pytest.raises(ClientError) as error:
        site.make(Subnets=[*site.subnets, site.subnet("a")])
    assert refused(error) == (
        "InvalidConfigurationRequest",
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    )


def test_subnets_are_of_one_vpc_and_exist(site: Balancers) -> None:
    """A subnet of another VPC is refused, and one that is not there."""
    other = Site(site.lab, "10.8.0.0/16").subnet("c")
    with pytest.raises(ClientError) as error:
        site.make(Subnets=[*site.subnets, other])
    assert refused(error) == (
        "InvalidConfigurationRequest",
        f"All subnets must belong to the same VPC: '{site.vpc}'",
    )
    with pytest.raises(ClientError, match="SubnetNotFound"):
        site.make(Subnets=[site.subnets[0], "subnet-0123456789abcdef0"])


def test_security_groups_are_of_the_vpc(site: Balancers) -> None:
    """A group of another VPC is invalid, when it is made and later; without one an Application
    Load Balancer has the VPC's default group.
    """
    other = Site(site.lab, "10.8.0.0/16").group("other")
    invalid = ("InvalidConfigurationRequest", "One or more security groups are invalid")
    with pytest.raises(ClientError) as error:
        site.make(SecurityGroups=[other])
    assert refused(error) == invalid
    arn = site.make()
    with pytest.raises(ClientError) as error:
        site.elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[other])
    assert refused(error) == invalid
    [made] = site.elb.describe_load_balancers()["LoadBalancers"]
    [group] = site.ec2.describe_security_groups(GroupIds=made["SecurityGroups"])["SecurityGroups"]
    assert (group["GroupName"], made["Scheme"]) == ("default", "internet-facing")


def test_a_network_load_balancer_without_groups_stays_without(site: Balancers) -> None:
    """Groups can be changed only where there was one from the start."""
    bare = site.make(Type="network")
    group = site.group("nlb")
    with pytest.raises(ClientError, match="InvalidConfigurationRequest"):
        site.elb.set_security_groups(LoadBalancerArn=bare, SecurityGroups=[group])
    grouped = site.make("other", Type="network", SecurityGroups=[group])
    another = site.group("another")
    site.elb.set_security_groups(LoadBalancerArn=grouped, SecurityGroups=[another])
    assert site.balancer(grouped).group_ids == (another,)


def test_facing_the_internet_takes_an_internet_gateway(lab: Lab) -> None:
    """An internal one does without."""
    site = Site(lab)
    subnets, elb = [site.subnet(zone) for zone in "ab"], lab.client("elbv2")
    with pytest.raises(ClientError) as error:
        elb.create_load_balancer(Name="web", Subnets=subnets)
    assert refused(error) == ("InvalidSubnet", f"VPC {site.vpc} has no internet gateway")
    [made] = elb.create_load_balancer(Name="web", Subnets=subnets, Scheme="internal")[
        "LoadBalancers"
    ]
    assert made["Scheme"] == "internal"


def test_a_name_is_taken_once(site: Balancers) -> None:
    """The same request again gives the same balancer; other settings are refused."""
    assert site.make() == site.make()
    with pytest.raises(ClientError) as error:
        site.make(Scheme="internal")
    assert refused(error) == (
        "DuplicateLoadBalancerName",
        "A load balancer with the same name 'web' exists, but with different settings",
    )


def test_subnets_can_be_changed(site: Balancers) -> None:
    """By the same rules; the nodes move and their addresses are free again."""
    arn, third = site.make(), site.subnet("c", public=True)
    moved = site.elb.set_subnets(LoadBalancerArn=arn, Subnets=[site.subnets[1], third])
    assert [each["ZoneName"] for each in moved["AvailabilityZones"]] == ["us-east-1b", "us-east-1c"]
    assert site.balancer(arn, "c").subnet_id == third
    with pytest.raises(ClientError, match="At least two subnets"):
        site.elb.set_subnets(LoadBalancerArn=arn, Subnets=[third])
    site.elb.delete_load_balancer(LoadBalancerArn=arn)
    left = site.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert [each for each in left if each["Description"].startswith("ELB")] == []
    network = site.make("net", Type="network", Subnets=[third])
    site.elb.set_subnets(LoadBalancerArn=network, Subnets=[third])


def test_a_network_load_balancer_has_the_addresses_it_is_given(site: Balancers) -> None:
    """Elastic IP addresses by subnet where it faces the internet, private ones where it does
    not.
    """
    elastic = site.ec2.allocate_address(Domain="vpc")
    mapping = {"SubnetId": site.subnets[0], "AllocationId": elastic["AllocationId"]}
    front = site.elb.create_load_balancer(Name="front", Type="network", SubnetMappings=[mapping])
    arn = front["LoadBalancers"][0]["LoadBalancerArn"]
    assert site.balancer(arn).public_ip == elastic["PublicIp"]
    mapping = {"SubnetId": site.subnets[0], "PrivateIPv4Address": "10.7.0.77"}
    back = site.elb.create_load_balancer(
        Name="back", Type="network", Scheme="internal", SubnetMappings=[mapping]
    )
    assert site.balancer(back["LoadBalancers"][0]["LoadBalancerArn"]).address == "10.7.0.77"


def test_a_listener_forwards_within_its_vpc(site: Balancers) -> None:
    """A target group of another VPC is refused."""
    other = Site(site.lab, "10.8.0.0/16")
    arn, group = site.make(), site.targets("far", vpc=other.vpc)
    with pytest.raises(ClientError) as error:
        site.listen(arn, group)
    assert refused(error) == (
        "InvalidConfigurationRequest",
        f"Target group '{group}' is in a different VPC than load balancer '{arn}'",
    )


def test_a_target_group_has_one_load_balancer(site: Balancers) -> None:
    """Until the first one's listener is gone."""
    group = site.targets("web")
    listener = site.listen(site.make("first"), group)
    second = site.make("second")
    with pytest.raises(ClientError) as error:
        site.listen(second, group)
    text = "The following target groups cannot be associated with more than one load balancer: "
    assert refused(error) == ("TargetGroupAssociationLimit", text + group)
    site.elb.delete_listener(ListenerArn=listener)
    site.listen(second, group)
    [told] = site.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert told["LoadBalancerArns"] == [second]


def test_a_listener_of_tcp_takes_a_group_of_tcp_and_udp(site: Balancers) -> None:
    """A group that does both does what one of them asks for."""
    network, both = site.make("net", Type="network"), site.targets("dns", "TCP_UDP")
    site.elb.create_listener(
        LoadBalancerArn=network,
        Protocol="TCP",
        Port=53,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": both}],
    )
    (told,) = site.elb.describe_target_groups(TargetGroupArns=[both])["TargetGroups"]
    assert told["LoadBalancerArns"] == [network]


def test_protocols_of_listener_and_target_group_fit(site: Balancers) -> None:
    """HTTP does not go to a TCP group, nor TCP to an HTTP group."""
    application, network = site.make(), site.make("net", Type="network")
    web, tcp = site.targets("web"), site.targets("tcp", "TCP")
    with pytest.raises(ClientError, match="'HTTP' is not supported with a target group"):
        site.listen(application, tcp)
    with pytest.raises(ClientError, match="'TCP' is not supported with a target group"):
        site.listen(network, web, protocol="TCP")
    site.listen(application, web)
    site.listen(network, tcp, protocol="TCP")


def test_a_port_has_one_listener(site: Balancers) -> None:
    """A second one on the same port is refused."""
    arn, group = site.make(), site.targets("web")
    site.listen(arn, group)
    with pytest.raises(ClientError, match="DuplicateListener"):
        site.listen(arn, group)
    site.listen(arn, group, port=8080)


def test_only_an_application_load_balancer_has_rules(site: Balancers) -> None:
    """A Network Load Balancer sees no paths; its listener has a default action and no more."""
    arn, tcp = site.make(Type="network"), site.targets("tcp", "TCP")
    listener = site.listen(arn, tcp, protocol="TCP")
    with pytest.raises(ClientError, match="The listener of web can have no rules"):
        site.elb.create_rule(
            ListenerArn=listener,
            Priority=1,
            Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": tcp}],
        )
    assert len(site.elb.describe_rules(ListenerArn=listener)["Rules"]) == 1


PATHS, HOSTS = "path-pattern", "host-header"
NAMES = ["a.test", "b.test", "c.test"]
TOO_MUCH: dict[str, tuple[list[dict[str, Any]], str]] = {
    "values of a condition": (
        [{"Field": PATHS, "PathPatternConfig": {"Values": ["/a", "/b", "/c", "/d"]}}],
        "A 'path-pattern' condition can have 3 values",
    ),
    "values of a rule": (
        [
            {"Field": PATHS, "PathPatternConfig": {"Values": ["/a", "/b", "/c"]}},
            {"Field": HOSTS, "HostHeaderConfig": {"Values": NAMES}},
        ],
        "A rule can have 5 condition values",
    ),
    "conditions of a kind": (
        [{"Field": PATHS, "Values": ["/a"]}, {"Field": PATHS, "Values": ["/b"]}],
        "A rule can have one 'path-pattern' condition",
    ),
    "regular expressions": (
        [{"Field": PATHS, "PathPatternConfig": {"RegexValues": ["^/a"]}}],
        "does not match regular expressions",
    ),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_conditions_of_a_rule_have_limits(site: Balancers, case: str) -> None:
    """A rule that asks too much is not made, and one that is there does not become such."""
    conditions, text = TOO_MUCH[case]
    group = site.targets("web")
    listener = site.listen(site.make(), group)
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    with pytest.raises(ClientError, match=text):
        site.elb.create_rule(
            ListenerArn=listener, Priority=1, Conditions=conditions, Actions=forward
        )
    fitting = [
        {"Field": HOSTS, "HostHeaderConfig": {"Values": NAMES}},
        {"Field": PATHS, "PathPatternConfig": {"Values": ["/a", "/b"]}},
    ]
    rule = site.elb.create_rule(
        ListenerArn=listener, Priority=1, Conditions=fitting, Actions=forward
    )["Rules"][0]["RuleArn"]
    with pytest.raises(ClientError, match=text):
        site.elb.modify_rule(RuleArn=rule, Conditions=conditions)
    [shown] = site.elb.describe_rules(RuleArns=[rule])["Rules"]
    assert [each["Field"] for each in shown["Conditions"]] == [HOSTS, PATHS]


def test_what_is_in_use_stays(site: Balancers) -> None:
    """A target group that a listener or rule forwards to, and a protected load balancer."""
    arn, group = site.make(), site.targets("web")
    listener = site.listen(arn, group)
    with pytest.raises(ClientError) as error:
        site.elb.delete_target_group(TargetGroupArn=group)
    text = f"The target group '{group}' is currently in use by a listener or a rule"
    assert refused(error) == ("ResourceInUse", text)
    site.elb.delete_listener(ListenerArn=listener)
    site.elb.delete_target_group(TargetGroupArn=group)
    key = "deletion_protection.enabled"
    for value in ("true", "false"):
        site.elb.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value}]
        )
        if value == "true":
            with pytest.raises(ClientError, match="OperationNotPermitted"):
                site.elb.delete_load_balancer(LoadBalancerArn=arn)
    site.elb.delete_load_balancer(LoadBalancerArn=arn)
    assert site.elb.describe_load_balancers()["LoadBalancers"] == []
