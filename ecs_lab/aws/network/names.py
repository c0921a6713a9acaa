"""DNS: which addresses and places a name means, and to whom.

A VPC's resolver looks into the private hosted zones of the VPC first (those of Cloud Map and the
hidden ones of VPC endpoints are among them): the one with the longest name that fits answers, also
that there is no such record. Then come EC2's own names, then what is public.
Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
and https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

from ecs_lab.aws.network import cloud_map_records, private_link, service_names
from ecs_lab.aws.network.places import Place, at

MOST_HOPS = 8
"""How many CNAMEs and aliases the lab follows."""

_PRIVATE = re.compile(r"ip-(\d+)-(\d+)-(\d+)-(\d+)\.(ec2|[a-z0-9-]+\.compute)\.internal")
_PUBLIC = re.compile(r"ec2-(\d+)-(\d+)-(\d+)-(\d+)\.([a-z0-9-]+\.)?compute(-1)?\.amazonaws\.com")


def addresses(name: str, source: Place, hops: int = 0) -> list[str]:
    """The IPv4 addresses that a name has for a place; none where there is no record. An address is
    its own name.
    """
    asked = name.rstrip(".").lower()
    if _is_address(asked):
        return [asked]
    if hops > MOST_HOPS or not _has_resolver(source):
        return []
    for answers in (_private_records, _interface_names, _public_names):
        found = answers(asked, source, hops)
        if found is not None:
            return list(dict.fromkeys(found))
    return []


def srv_records(name: str, source: Place) -> list[tuple[str, int]]:
    """The SRV records of a name for a place, as (name, port), by name; none where there is no
    record.
    """
    asked = name.rstrip(".").lower()
    seen = _has_resolver(source) and _sees_private_zones(source)
    zone = _private_zone(asked, source) if seen else None
    if zone is None:
        return []
    records = [value for each in _records(zone, asked, "SRV") for value in each.records]
    found = [(target.rstrip("."), int(port)) for _, _, port, target in map(str.split, records)]
    return sorted(found + cloud_map_records.ports(asked, source, zone))


def resolve(name: str, source: Place) -> list[Place]:
    """The places that a name leads a place to, those at public addresses reached from outside;
    none where there is no record. An address at which nothing of the lab is, is left out.
    """
    return [found for each in addresses(name, source) if (found := at(each, source)) is not None]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _has_resolver(source: Place) -> bool:
    """Outside a VPC there is one, within a VPC if DNS resolution is on."""
    if source.vpc_id is None:
        return True
    vpc = source.ec2.vpcs.get(source.vpc_id)
    return vpc is not None and private_link.is_true(vpc.enable_dns_support)


# Private zones


def _sees_private_zones(source: Place) -> bool:
    """Private hosted zones want DNS hostnames beside DNS resolution."""
    vpc = source.ec2.vpcs.get(source.vpc_id) if source.vpc_id is not None else None
    return vpc is not None and private_link.is_true(vpc.enable_dns_hostnames)


def _private_records(asked: str, source: Place, hops: int) -> list[str] | None:
    if not _sees_private_zones(source):
        return None
    endpoint = _endpoint_of(asked, source)
    if endpoint is not None:
        return _of_endpoint(source.ec2, endpoint)
    zone = _private_zone(asked, source)
    if zone is None:
        return None
    return _of_zone(zone, asked, source, hops) + cloud_map_records.addresses(asked, source, zone)


def _endpoint_of(asked: str, source: Place) -> Any:
    """The VPC endpoint whose private DNS name is asked for, or None."""
    for each in source.ec2.vpc_end_points.values():
        if each.vpc_id == source.vpc_id:
            name = private_link.private_name_of(source.ec2, each)
            if name is not None and service_names.covers(name, asked):
                return each
    return None


def _of_endpoint(ec2: Any, endpoint: Any, zone: str | None = None) -> list[str]:
    found = (ec2.enis[each] for each in endpoint.network_interface_ids)
    return [
        each.private_ip_address for each in found if zone in (None, each.subnet.availability_zone)
    ]


def _zones(source: Place, *, private: bool) -> Iterator[Any]:
    account_id = source.account_id or next(iter(route53_backends), "")
    if account_id not in route53_backends:
        return
    for zone in route53_backends[account_id]["aws"].zones.values():
        if zone.private_zone is not private:
            continue
        if not private or any(each.get("vpc_id") == source.vpc_id for each in zone.vpcs):
            yield zone


def _private_zone(asked: str, source: Place) -> Any:
    return _best(_zones(source, private=True), asked)


def _best(zones: Iterable[Any], asked: str) -> Any:
    """The zone with the longest name that the name asked for lies in, or None."""
    fitting = [
        each
        for each in zones
        if asked == (own := each.name.rstrip(".").lower()) or asked.endswith("." + own)
    ]
    return max(fitting, key=lambda zone: len(zone.name), default=None)


def _records(zone: Any, asked: str, kind: str) -> list[Any]:
    """The record sets of a name; of `*` in its place where it has none of any kind."""
    star = "*." + asked.partition(".")[2]
    for name in (asked, star):
        found = [each for each in zone.rrsets if _plain(each.name) == name]
        if found:
            return [each for each in found if each.type == kind]
    return []


def _plain(name: str) -> str:
    return name.rstrip(".").lower().replace("\\052", "*")


def _of_zone(zone: Any, asked: str, source: Place, hops: int) -> list[str]:
    found: list[str] = []
    for kind in ("A", "CNAME"):
        for record in _records(zone, asked, kind):
            alias = (record.alias_target or {}).get("DNSName")
            if alias:
                found += addresses(alias.removeprefix("dualstack."), source, hops + 1)
            elif kind == "A":
                found += record.records
            else:
                found += addresses(record.records[0], source, hops + 1)
    return found


# EC2's names, and public ones


def _interface_names(asked: str, source: Place, hops: int) -> list[str] | None:
    """Private names of interfaces are seen in their VPC; public ones mean the private address
    there, and the public one from outside.
    """
    private, public = _PRIVATE.fullmatch(asked), _PUBLIC.fullmatch(asked)
    found = private or public
    if found is None:
        return None
    address = ".".join(found.groups()[:4])
    if private is not None:
        place = at(address, source) if source.vpc_id is not None else None
        return [address] if place is not None and place.vpc_id == source.vpc_id else []
    place = at(address, source)
    near = place is not None and source.vpc_id is not None and place.vpc_id == source.vpc_id
    return [place.address] if place is not None and near else [address]


def _public_names(asked: str, source: Place, hops: int) -> list[str] | None:
    for balancer in _balancers():
        if asked in (balancer.dns_name.lower(), "dualstack." + balancer.dns_name.lower()):
            return _of_balancer(balancer)
    if asked.endswith(".vpce.amazonaws.com"):
        return _of_endpoint_name(asked)
    zone = _best(_zones(source, private=False), asked)
    return _of_zone(zone, asked, source, hops) if zone is not None else None


def _balancers() -> Iterator[Any]:
    for table in (elbv2_backends, elb_backends):
        for regions in table.values():
            for backend in regions.values():
                yield from backend.load_balancers.values()


def _of_balancer(balancer: Any) -> list[str]:
    """The public addresses of one that faces the internet, whoever asks; else the private ones.

    Source:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
    """
    public = balancer.scheme == "internet-facing"
    nodes = balancer.nodes.values()
    return [each.public_ip if public else each.private_ip_address for each in nodes]


def _of_endpoint_name(asked: str) -> list[str] | None:
    """The names of VPC endpoints are public; their addresses are private all the same."""
    for endpoint in _endpoints():
        ec2 = endpoint.ec2_backend
        if asked == private_link.regional_name(ec2, endpoint):
            return _of_endpoint(ec2, endpoint)
        for zone, name in private_link.zonal_names(ec2, endpoint).items():
            if asked == name:
                return _of_endpoint(ec2, endpoint, zone)
    return None


def _endpoints() -> Iterator[Any]:
    for regions in ec2_backends.values():
        for backend in regions.values():
            for each in backend.vpc_end_points.values():
                if each.network_interface_ids:
                    yield each
