"""What ECS needs of AWS Cloud Map: namespaces, services in them, and their instances.

The engine only knows this protocol; `ecs_lab.aws.service_discovery` answers it with moto's Cloud
Map.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(slots=True, frozen=True)
class Namespace:
    """A Cloud Map namespace."""

    id: str
    arn: str
    name: str


@dataclass(slots=True, frozen=True)
class Registry:
    """A Cloud Map service as a service's registry: its DNS record types, and whether ECS tells it
    the health of instances (HealthCheckCustomConfig).
    """

    arn: str
    name: str
    record_types: frozenset[str] = frozenset()
    custom_health: bool = False


class ServiceDiscovery(Protocol):
    """AWS Cloud Map, as far as ECS leans on it."""

    def namespace(self, name_or_arn: str) -> Namespace | None:
        """The namespace of that name or ARN, or None."""

    def make_namespace(self, name: str) -> Namespace:
        """Make a namespace of the type HTTP."""

    def make_service(self, namespace: Namespace, name: str) -> str:
        """The ARN of the Cloud Map service of a name in a namespace, made if there is none."""

    def registry(self, arn: str) -> Registry | None:
        """The Cloud Map service of an ARN, or None."""

    def register(
        self, arn: str, instance_id: str, attributes: Mapping[str, str], *, healthy: bool
    ) -> None:
        """Register an instance with a Cloud Map service, or change the one of that id."""

    def deregister(self, arn: str, instance_id: str) -> None:
        """Deregister an instance; one that is not there is none."""


class RememberedDiscovery:
    """Namespaces and registries that a test puts in; every name that is asked for can be made."""

    def __init__(self) -> None:
        self.namespaces: dict[str, Namespace] = {}
        self.registries: dict[str, Registry] = {}
        self.instances: dict[tuple[str, str], tuple[dict[str, str], bool]] = {}

    def namespace(self, name_or_arn: str) -> Namespace | None:
        """The namespace of that name or ARN, or None."""
        found = (each for each in self.namespaces.values() if name_or_arn in (each.name, each.arn))
        return next(found, None)

    def make_namespace(self, name: str) -> Namespace:
        """Remember a namespace."""
        made = self.namespaces[name] = Namespace(f"ns-{name}", f"arn:namespace/ns-{name}", name)
        return made

    def make_service(self, namespace: Namespace, name: str) -> str:
        """Remember a registry without DNS records."""
        arn = f"arn:service/{namespace.name}/{name}"
        self.registries.setdefault(arn, Registry(arn, name))
        return arn

    def registry(self, arn: str) -> Registry | None:
        """One of `registries`, or None."""
        return self.registries.get(arn)

    def register(
        self, arn: str, instance_id: str, attributes: Mapping[str, str], *, healthy: bool
    ) -> None:
        """Remember the instance."""
        self.instances[arn, instance_id] = dict(attributes), healthy

    def deregister(self, arn: str, instance_id: str) -> None:
        """Forget the instance."""
        self.instances.pop((arn, instance_id), None)
