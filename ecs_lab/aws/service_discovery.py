"""AWS Cloud Map as ECS uses it: moto's namespaces, services and instances."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from moto.servicediscovery.exceptions import InstanceNotFound, ServiceNotFound
from moto.servicediscovery.models import servicediscovery_backends

from ecs_lab.engine.service_discovery import Namespace, Registry


class CloudMap:
    """Cloud Map of one Region of one account."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id = account_id
        self._region = region

    @property
    def _backend(self) -> Any:
        return servicediscovery_backends[self._account_id][self._region]

    def namespace(self, name_or_arn: str) -> Namespace | None:
        """The namespace of that name or ARN, or None."""
        for each in self._backend.namespaces.values():
            if name_or_arn in (each.name, each.arn):
                return Namespace(each.id, each.arn, each.name)
        return None

    def make_namespace(self, name: str) -> Namespace:
        """Make a namespace of the type HTTP."""
        self._backend.create_http_namespace(name, "", "", [])
        made = self.namespace(name)
        assert made is not None
        return made

    def make_service(self, namespace: Namespace, name: str) -> str:
        """The ARN of the Cloud Map service of a name in a namespace, made if there is none."""
        backend = self._backend
        for each in backend.services.values():
            if (each.namespace_id, each.name) == (namespace.id, name):
                return str(each.arn)
        made = backend.create_service(name, namespace.id, "", "", None, None, None, [], "HTTP")
        return str(made.arn)

    def registry(self, arn: str) -> Registry | None:
        """The Cloud Map service of an ARN, or None."""
        found = self._service(arn)
        if found is None:
            return None
        records = (found.dns_config or {}).get("DnsRecords", [])
        types = frozenset(str(each["Type"]) for each in records)
        return Registry(arn, found.name, types, found.health_check_custom_config is not None)

    def register(
        self, arn: str, instance_id: str, attributes: Mapping[str, str], *, healthy: bool
    ) -> None:
        """Register an instance with a Cloud Map service, or change the one of that id.

        A service without HealthCheckCustomConfig takes no word of an instance's health: its
        instances are healthy.
        """
        service = self._service(arn)
        if service is None:
            return
        self._backend.register_instance(service.id, instance_id, "", dict(attributes))
        well = healthy or service.health_check_custom_config is None
        status = "HEALTHY" if well else "UNHEALTHY"
        self._backend.update_instance_custom_health_status(service.id, instance_id, status)

    def deregister(self, arn: str, instance_id: str) -> None:
        """Deregister an instance; one that is not there is none."""
        with suppress(InstanceNotFound, ServiceNotFound):
            self._backend.deregister_instance(arn.rpartition("/")[2], instance_id)

    def _service(self, arn: str) -> Any:
        found = self._backend.services.get(arn.rpartition("/")[2])
        return found if found is not None and found.arn == arn else None
