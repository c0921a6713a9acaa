"""Names inside and outside a VPC: load balancers, interfaces, hosted zones, Cloud Map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from network_site import Site

from ecs_lab.aws import network
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab import Lab

OUTSIDE = network.internet()


@pytest.fixture
def site(lab: Lab) -> Site:
    """An empty VPC."""
    return Site(lab)


def balancer(site: Site, name: str, scheme: str, kind: str = "application") -> str:
    """A load balancer in two zones: its DNS name."""
    made = site.lab.client("elbv2").create_load_balancer(
        Name=name,
        Scheme=scheme,
        Type=kind,
        Subnets=[site.subnet(zone, public=True) for zone in "ab"],
    )
    return str(made["LoadBalancers"][0]["DNSName"])


def test_a_balancers_name_means_its_nodes(site: Site) -> None:
    """Public addresses of one that faces the internet, whoever asks; private ones of an internal
    one, which do not help outside.
    """
    inside = site.instance(site.subnet(), site.group("app"))
    front, back = balancer(site, "front", "internet-facing"), balancer(site, "back", "internal")
    assert front.endswith(".us-east-1.elb.amazonaws.com")
    assert back.startswith("internal-back-")
    assert network.addresses(front, inside) == network.addresses(front, OUTSIDE)
    assert [each.outside for each in network.resolve(front, inside)] == [True, True]
    assert [each.zone for each in network.resolve(front, OUTSIDE)] == ["us-east-1a", "us-east-1b"]
    assert all(each.startswith("10.7.") for each in network.addresses(back, OUTSIDE))
    assert network.resolve(back, OUTSIDE) == []
    assert [each.outside for each in network.resolve(back, inside)] == [False, False]
    assert network.addresses("back", inside) == []
    net = balancer(site, "net", "internal", "network")
    assert net.endswith(".elb.us-east-1.amazonaws.com")
    assert len(network.resolve(net.upper() + ".", inside)) == 2


def test_private_names_of_instances_are_known_in_their_vpc(lab: Lab) -> None:
    """Nobody outside knows them; the public name means the private address inside."""
    site = Site(lab)
    site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsHostnames={"Value": True})
    place = site.instance(site.subnet(public=True), site.group("app"), public=True)
    other = Site(lab, "10.8.0.0/16")
    stranger = other.instance(other.subnet(), other.group("app"))
    name = f"ip-{place.address.replace('.', '-')}.ec2.internal"
    assert network.addresses(name, place) == [place.address]
    assert network.addresses(name, OUTSIDE) == []
    assert network.addresses(name, stranger) == []
    assert place.public_ip is not None
    public = f"ec2-{place.public_ip.replace('.', '-')}.compute-1.amazonaws.com"
    assert network.addresses(public, OUTSIDE) == [place.public_ip]
    assert network.addresses(public, place) == [place.address]
    site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsSupport={"Value": False})
    assert network.addresses(name, place) == []


def record(name: str, kind: str, *values: str, **more: Any) -> dict[str, Any]:
    """A change that creates a record."""
    plain = {"TTL": 60, "ResourceRecords": [{"Value": each} for each in values]} if values else {}
    return {"Action": "CREATE", "ResourceRecordSet": {"Name": name, "Type": kind, **plain, **more}}


def with_hostnames(site: Site, on: bool = True) -> None:
    """DNS hostnames of the site's VPC, which private zones want; a new VPC has none."""
    site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsHostnames={"Value": on})


def zone(site: Site, name: str, *changes: dict[str, Any], private: bool) -> None:
    """A hosted zone, in the site's VPC if it is a private one."""
    route53 = site.lab.client("route53")
    vpc = {"VPC": {"VPCRegion": "us-east-1", "VPCId": site.vpc}} if private else {}
    made = route53.create_hosted_zone(
        Name=name, CallerReference=name, HostedZoneConfig={"PrivateZone": private}, **vpc
    )
    route53.change_resource_record_sets(
        HostedZoneId=made["HostedZone"]["Id"], ChangeBatch={"Changes": list(changes)}
    )


def test_a_private_zone_answers_in_its_vpc_only(site: Site) -> None:
    """By records, wildcards, aliases and CNAMEs; a name that it does not have, nobody has."""
    with_hostnames(site)
    inside = site.instance(site.subnet(), site.group("app"))
    back = balancer(site, "back", "internal")
    alias = {"DNSName": back, "HostedZoneId": "Z1", "EvaluateTargetHealth": False}
    zone(
        site,
        "corp.test",
        record("db.corp.test", "A", "10.7.0.9"),
        record("www.corp.test", "A", AliasTarget=alias),
        record("*.apps.corp.test", "CNAME", "db.corp.test"),
        private=True,
    )
    assert network.addresses("db.corp.test", inside) == ["10.7.0.9"]
    assert network.addresses("db.corp.test", OUTSIDE) == []
    assert network.addresses("www.corp.test", inside) == network.addresses(back, inside)
    assert network.addresses("any.apps.corp.test", inside) == ["10.7.0.9"]
    assert network.addresses("none.corp.test", inside) == []


def test_private_zones_want_dns_hostnames_of_their_vpc(site: Site) -> None:
    """Without them a private zone answers nobody, by any kind of record; public names go on."""
    inside = site.instance(site.subnet(), site.group("app"))
    zone(site, "shop.test", record("www.shop.test", "A", "203.0.113.9"), private=False)
    address = record("db.corp.test", "A", "10.7.0.9")
    port = record("_db._tcp.corp.test", "SRV", "1 1 5432 db.corp.test")
    zone(site, "corp.test", address, port, private=True)
    with_hostnames(site, False)
    assert network.addresses("db.corp.test", inside) == []
    assert network.srv_records("_db._tcp.corp.test", inside) == []
    assert network.addresses("www.shop.test", inside) == ["203.0.113.9"]
    with_hostnames(site)
    assert network.addresses("db.corp.test", inside) == ["10.7.0.9"]
    assert network.srv_records("_db._tcp.corp.test", inside) == [("db.corp.test", 5432)]


def test_a_public_zone_answers_everyone(site: Site) -> None:
    """But not in a VPC with a private zone of the same name."""
    zone(site, "shop.test", record("www.shop.test", "A", "203.0.113.9"), private=False)
    inside = site.instance(site.subnet(), site.group("app"))
    assert network.addresses("www.shop.test", inside) == ["203.0.113.9"]
    assert network.addresses("www.shop.test", OUTSIDE) == ["203.0.113.9"]


def test_a_name_that_leads_to_itself_has_no_address(site: Site) -> None:
    """CNAMEs in a circle are given up."""
    zone(
        site,
        "loop.test",
        record("a.loop.test", "CNAME", "b.loop.test"),
        record("b.loop.test", "CNAME", "a.loop.test"),
        private=False,
    )
    assert network.addresses("a.loop.test", OUTSIDE) == []


def test_cloud_map_names_its_instances(lab: Lab) -> None:
    """A and SRV records of the healthy instances, in the namespace's VPC; two namespaces are fine
    in one VPC.
    """
    site = Site(lab)
    with_hostnames(site)
    inside = site.instance(site.subnet(), site.group("app"))
    cloud_map = lab.client("servicediscovery")
    for each in ("shop.local", "other.local"):
        cloud_map.create_private_dns_namespace(Name=each, Vpc=site.vpc)
    namespaces = {each["Name"]: each["Id"] for each in cloud_map.list_namespaces()["Namespaces"]}
    kinds = [{"Type": kind, "TTL": 60} for kind in ("A", "SRV")]
    service = cloud_map.create_service(
        Name="db",
        NamespaceId=namespaces["shop.local"],
        DnsConfig={"DnsRecords": kinds},
        HealthCheckCustomConfig={"FailureThreshold": 1},
    )["Service"]["Id"]
    for name, address in (("one", "10.7.0.8"), ("two", "10.7.0.9"), ("two", "10.7.0.10")):
        cloud_map.register_instance(
            ServiceId=service,
            InstanceId=name,
            Attributes={"AWS_INSTANCE_IPV4": address, "AWS_INSTANCE_PORT": "5432"},
        )
    assert network.addresses("db.shop.local", inside) == ["10.7.0.8", "10.7.0.10"]
    assert network.srv_records("db.shop.local", inside) == [
        ("one.db.shop.local", 5432),
        ("two.db.shop.local", 5432),
    ]
    assert network.addresses("one.db.shop.local", inside) == ["10.7.0.8"]
    assert network.addresses("db.shop.local", OUTSIDE) == []
    assert network.srv_records("db.shop.local", OUTSIDE) == []
    assert network.addresses("db.other.local", inside) == []
    for name, rest in (("one", ["10.7.0.10"]), ("two", ["10.7.0.8", "10.7.0.10"])):
        cloud_map.update_instance_custom_health_status(
            ServiceId=service, InstanceId=name, Status="UNHEALTHY"
        )
        assert network.addresses("db.shop.local", inside) == rest


def test_private_dns_of_an_endpoint_is_known_in_its_vpc(site: Site) -> None:
    """The service's own name means the endpoint there, names below it too."""
    with_hostnames(site)
    subnet = site.subnet()
    inside = site.instance(subnet, site.group("app"))
    site.ec2.create_vpc_endpoint(
        VpcId=site.vpc,
        ServiceName="com.amazonaws.us-east-1.ecr.dkr",
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
    )
    name = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    [place] = network.resolve(name, inside)
    assert place.subnet_id == subnet
    assert network.addresses(name, OUTSIDE) == []


def test_requests_follow_names_of_hosted_zones(site: Site) -> None:
    """`lab.http` gets to where an alias leads, and says of a name without a record that it has
    none.
    """
    front = balancer(site, "front", "internet-facing")
    alias = {"DNSName": front, "HostedZoneId": "Z1", "EvaluateTargetHealth": False}
    zone(site, "shop.test", record("www.shop.test", "A", AliasTarget=alias), private=False)
    with pytest.raises(UnreachableError, match=r"No inbound rule of .* port 80"):
        site.lab.http.get("http://www.shop.test/")
    with pytest.raises(UnreachableError, match=r"Could not resolve host: www\.other\.test"):
        site.lab.http.get("http://www.other.test/")
