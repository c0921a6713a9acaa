"""Capacity providers of ECS Managed Instances: what the API accepts, and their status.

PROVISIONING -> ACTIVE -> DEPROVISIONING -> INACTIVE
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProvider.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecs_lab.engine import machine_types, managed_instances
from ecs_lab.engine.api.cluster_providers import in_use
from ecs_lab.engine.api.registry import Request
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.errors import ClientException, InvalidParameterException, NotSimulatedError
from ecs_lab.engine.model import CapacityProvider, Document
from ecs_lab.engine.state import State

STORAGE_GIB = (30, 16_384)
DEFAULT_STORAGE_GIB = 80
"""The data volume of an instance.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html
"""
MOST_IDLE_S = 3600
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InfrastructureOptimization.html"""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "monitoring": ("BASIC", "DETAILED"),
    "capacityOptionType": ("ON_DEMAND", "SPOT"),
}
"""Settings of the launch template with a few values, the default first; AWS's guide writes them in
small letters too.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceLaunchTemplate.html
"""


def create(state: State, request: Request) -> CapacityProvider:
    """Create a provider in its cluster: PROVISIONING, and ACTIVE a little later.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateManagedInstancesProviderConfiguration.html
    """
    if not request.get("cluster"):
        raise InvalidParameterException(
            "A capacity provider of Managed Instances belongs to a cluster: specify cluster and "
            "try again."
        )
    cluster = state.cluster(request["cluster"])
    settings = _checked(state, request["managedInstancesProvider"])
    name = request["name"]
    provider = CapacityProvider(
        name=name,
        arn=state.arn("capacity-provider", name),
        settings=settings,
        status="PROVISIONING",
        update_status="CREATE_IN_PROGRESS",
        tags=checked_tags(request.get("tags")),
        cluster_name=cluster.name,
    )
    state.capacity_providers[name] = provider
    cluster.capacity_providers = list(dict.fromkeys([*cluster.capacity_providers, name]))
    state.clock.schedule(state.durations["managed.provisioning"], became_active, provider)
    return provider


def became_active(provider: CapacityProvider) -> None:
    """The provider has been made: it can be used from now on."""
    if provider.status != "PROVISIONING":
        return
    provider.status, provider.update_status = "ACTIVE", "CREATE_COMPLETE"


def update(state: State, provider: CapacityProvider, request: Request) -> None:
    """Change how instances are launched from now on; those that run stay as they are.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateManagedInstancesProviderConfiguration.html
    """
    asked = request.get("managedInstancesProvider")
    if not asked:
        raise InvalidParameterException("Specify a managedInstancesProvider and try again.")
    before = provider.settings
    template = {**before["instanceLaunchTemplate"], **asked["instanceLaunchTemplate"]}
    provider.settings = _checked(state, {**before, **asked, "instanceLaunchTemplate": template})
    provider.update_status = "UPDATE_COMPLETE"


def delete(state: State, provider: CapacityProvider) -> None:
    """End the deletion: the instances are terminated, and the cluster has the provider no more.

    A provider that a service or task still uses is not deleted.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCapacityProvider.html
    """
    cluster = state.find_cluster(provider.cluster_name)
    if cluster is not None and in_use(cluster, provider.name):
        provider.status, provider.update_status = "ACTIVE", "DELETE_FAILED"
        provider.update_reason = (
            "The capacity provider cannot be deleted because services or tasks of cluster "
            f"{cluster.name} use it. Remove it from their capacity provider strategies and try "
            "again."
        )
        return
    if cluster is not None:
        cluster.capacity_providers = [n for n in cluster.capacity_providers if n != provider.name]
        strategy = cluster.default_strategy
        cluster.default_strategy = [e for e in strategy if e["capacityProvider"] != provider.name]
    provider.update_status, provider.status = "DELETE_COMPLETE", "INACTIVE"
    managed_instances.end_all(state, provider)


def _checked(state: State, asked: Document) -> dict[str, Any]:
    """The provider's settings with their defaults, if they can be.

    AWS does not say which of them it looks at when; the lab refuses at once what does not exist.
    """
    template = _checked_template(asked["instanceLaunchTemplate"])
    tags = asked.get("propagateTags") or "NONE"
    if tags not in ("CAPACITY_PROVIDER", "NONE"):
        raise InvalidParameterException("propagateTags must be CAPACITY_PROVIDER or NONE.")
    wait_s = (asked.get("infrastructureOptimization") or {}).get("scaleInAfter")
    if wait_s is not None and not managed_instances.NEVER <= wait_s <= MOST_IDLE_S:
        raise InvalidParameterException(
            f"scaleInAfter must be -1 (never) or 0 to {MOST_IDLE_S} seconds."
        )
    settings = {**asked, "instanceLaunchTemplate": template, "propagateTags": tags}
    problem = state.surroundings.machines.problem(settings)
    if problem is not None:
        raise ClientException(problem)
    return settings


def _checked_template(asked: Document) -> dict[str, Any]:
    if not (asked["networkConfiguration"].get("subnets") or []):
        raise InvalidParameterException(
            "The networkConfiguration of Managed Instances needs at least one subnet."
        )
    least, most = STORAGE_GIB
    storage = {"storageSizeGiB": DEFAULT_STORAGE_GIB, **(asked.get("storageConfiguration") or {})}
    if not least <= storage["storageSizeGiB"] <= most:
        raise InvalidParameterException(f"storageSizeGiB must be between {least} and {most}.")
    if asked.get("instanceRequirements"):
        machine_types.check(asked["instanceRequirements"])
    chosen = {key: _chosen(key, asked.get(key)) for key in CHOICES}
    return {**asked, "storageConfiguration": storage, **chosen}


def _chosen(key: str, value: str | None) -> str:
    choices = CHOICES[key]
    if value is None:
        return choices[0]
    if value.upper() == "RESERVED":
        raise NotSimulatedError(
            "The lab has no Capacity Reservations: use capacityOptionType ON_DEMAND or SPOT."
        )
    if value.upper() not in choices:
        raise InvalidParameterException(f"{key} must be one of {', '.join(choices)}.")
    return value.upper()
