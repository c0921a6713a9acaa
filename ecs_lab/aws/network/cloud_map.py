"""AWS Cloud Map of the lab: moto's, whose private namespaces are seen in their VPC."""

from __future__ import annotations

from typing import Any

from moto.route53.models import route53_backends
from moto.servicediscovery import urls
from moto.servicediscovery.exceptions import ConflictingDomainExists
from moto.servicediscovery.models import (
    Namespace,
    ServiceDiscoveryBackend,
    servicediscovery_backends,
)


class LabCloudMap(ServiceDiscoveryBackend):
    """moto's backend with hosted zones that have the namespace's name and VPC."""

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    def create_private_dns_namespace(
        self,
        name: str,
        creator_request_id: str,
        description: str,
        vpc: str,
        tags: list[dict[str, str]],
        properties: dict[str, Any],
    ) -> str:
        """Make a namespace and its hosted zone.

        moto: allows a VPC one namespace, and names its zone otherwise, in no VPC.
        Source:
        https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html
        """
        if any(each.vpc == vpc and each.name == name for each in self.namespaces.values()):
            raise ConflictingDomainExists(vpc)
        zone = route53_backends[self.account_id]["aws"].create_hosted_zone(
            name,
            private_zone=True,
            vpcid=vpc,
            vpcregion=self.region_name,
            comment=f"hosted zone for private dns namespace {name}",
        )
        dns = {**(properties or {}).get("DnsProperties", {}), "HostedZoneId": zone.id}
        made = Namespace(
            self.account_id,
            self.region_name,
            name,
            "DNS_PRIVATE",
            creator_request_id,
            description,
            dns,
            {},
            vpc,
        )
        self.namespaces[made.id] = made
        self.tagger.tag_resource(made.arn, tags or [])
        return self._create_operation("CREATE_NAMESPACE", targets={"NAMESPACE": made.id})

    def register_instance(
        self,
        service_id: str,
        instance_id: str,
        creator_request_id: str,
        attributes: dict[str, str],
    ) -> str:
        """Register an instance, or update the one of this id.

        moto: has it twice then.
        Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html
        """
        service = self.get_service(service_id)
        service.instances = [each for each in service.instances if each.instance_id != instance_id]
        return super().register_instance(service_id, instance_id, creator_request_id, attributes)


def install() -> None:
    """Let moto make backends of our class from now on."""
    servicediscovery_backends.backend = LabCloudMap
