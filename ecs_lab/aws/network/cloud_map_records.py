"""The DNS records that Cloud Map makes of the instances registered with its services.

Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.servicediscovery.models import servicediscovery_backends

from ecs_lab.aws.network.places import Place

MOST_ANSWERS = 8
"""How many healthy instances of a service one answer names.

Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html
"""


def addresses(asked: str, source: Place, zone: Any) -> list[str]:
    """The addresses of the A records of a name in one of moto's hosted zones."""
    found = []
    for service, instance in _registered(asked, source, zone):
        if instance is not None and _has(service, "SRV"):
            found.append(instance)
        if instance is None and _has(service, "A"):
            found += _answering(service)
    key = "AWS_INSTANCE_IPV4"
    return [each.attributes[key] for each in found if key in each.attributes]


def ports(asked: str, source: Place, zone: Any) -> list[tuple[str, int]]:
    """The SRV records of a name in a zone, as (name of the instance, port)."""
    return [
        (f"{each.instance_id}.{asked}", int(each.attributes["AWS_INSTANCE_PORT"]))
        for service, instance in _registered(asked, source, zone)
        if instance is None and _has(service, "SRV")
        for each in _answering(service)
        if "AWS_INSTANCE_PORT" in each.attributes
    ]


def _registered(asked: str, source: Place, zone: Any) -> Iterator[tuple[Any, Any]]:
    """The Cloud Map service of a name in a zone, with the instance if the name is one's.

    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html
    """
    if source.account_id not in servicediscovery_backends:
        return
    backend: Any = servicediscovery_backends[source.account_id][source.region]
    for namespace in backend.namespaces.values():
        if namespace.dns_properties.get("HostedZoneId") != zone.id:
            continue
        for service in backend.services.values():
            name = f"{service.name}.{namespace.name}".lower()
            if service.namespace_id != namespace.id:
                continue
            if asked == name:
                yield service, None
            for each in service.instances:
                if asked == f"{each.instance_id}.{name}".lower():
                    yield service, each


def _has(service: Any, kind: str) -> bool:
    records = (service.dns_config or {}).get("DnsRecords", [])
    return any(each["Type"] == kind for each in records)


def _answering(service: Any) -> list[Any]:
    """The instances that one answer names: up to eight healthy ones, all where none is healthy;
    with WEIGHTED routing one of them, which AWS picks at random and the lab takes in order.
    """
    well = [each for each in service.instances if each.health_status == "HEALTHY"]
    found = (well or service.instances)[:MOST_ANSWERS]
    weighted = (service.dns_config or {}).get("RoutingPolicy", "MULTIVALUE") == "WEIGHTED"
    return list(found[:1] if weighted else found)
