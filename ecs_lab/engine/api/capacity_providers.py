"""Capacity providers: create, describe, update, delete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ecs_lab.engine import capacity
from ecs_lab.engine.api import managed_providers
from ecs_lab.engine.api.cluster_providers import NOT_FOUND, find
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.auto_scaling_groups import Group
from ecs_lab.engine.capacity_strategy import FARGATE_PROVIDERS
from ecs_lab.engine.errors import ClientException, InvalidParameterException
from ecs_lab.engine.model import CapacityProvider, Cluster
from ecs_lab.engine.shapes import capacity_provider_shape
from ecs_lab.engine.state import State, page

NAME = re.compile(r"(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}", re.IGNORECASE)
BAD_NAME = (
    "The specified capacity provider name is invalid. Up to 255 characters are allowed, including "
    "letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed "
    'with "aws", "ecs", or "fargate". Specify a valid name and try again.'
)
BAD_PROTECTION = (
    "The managed termination protection setting for the capacity provider is invalid. To enable "
    "managed termination protection for a capacity provider, "
)
SCALING_DEFAULTS: Mapping[str, Any] = {
    "status": "DISABLED",
    "targetCapacity": 100,
    "minimumScalingStepSize": 1,
    "maximumScalingStepSize": 10_000,
    "instanceWarmupPeriod": 300,
}
SCALING_RANGES: Mapping[str, tuple[int, int]] = {
    "targetCapacity": (1, 100),
    "minimumScalingStepSize": (1, 10_000),
    "maximumScalingStepSize": (1, 10_000),
    "instanceWarmupPeriod": (0, 10_000),
}
"""The ranges of managed scaling.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html
"""
DEFAULTS: Mapping[str, Any] = {
    "managedScaling": SCALING_DEFAULTS,
    "managedTerminationProtection": "DISABLED",
    "managedDraining": "ENABLED",
}


@operation("CreateCapacityProvider")
def create_capacity_provider(state: State, request: Request) -> Answer:
    """Create a capacity provider on an Auto Scaling group, or of Managed Instances in a cluster.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html
    """
    name = request["name"]
    if not NAME.fullmatch(name):
        raise InvalidParameterException(BAD_NAME)
    asked, managed = (
        request.get("autoScalingGroupProvider"),
        request.get("managedInstancesProvider"),
    )
    if bool(asked) == bool(managed):
        raise InvalidParameterException(
            "Specify either an autoScalingGroupProvider or a managedInstancesProvider and try "
            "again."
        )
    if find(state, name) is not None:
        raise ClientException(
            "The specified capacity provider already exists. To change the configuration of an "
            "existing capacity provider, update the capacity provider."
        )
    if not asked:
        provider = managed_providers.create(state, request)
        return {"capacityProvider": capacity_provider_shape(provider, ["TAGS"])}
    if request.get("cluster"):
        raise InvalidParameterException(
            "cluster is for capacity providers of Managed Instances: leave it out for an Auto "
            "Scaling group, and use PutClusterCapacityProviders."
        )
    group = _group(state, str(asked.get("autoScalingGroupArn")))
    settings = {**_settings(asked, DEFAULTS), "autoScalingGroupArn": group.arn}
    _check_protection(settings, group)
    provider = CapacityProvider(
        name=name,
        arn=state.arn("capacity-provider", name),
        settings=settings,
        tags=checked_tags(request.get("tags")),
    )
    state.capacity_providers[name] = provider
    return {"capacityProvider": capacity_provider_shape(provider, ["TAGS"])}


def _group(state: State, name_or_arn: str) -> Group:
    group = state.surroundings.groups.find(name_or_arn)
    if group is None:
        raise ClientException(
            "The specified Auto Scaling group ARN is invalid. Specify a valid Auto Scaling group "
            "ARN and try again."
        )
    used = (each for each in state.capacity_providers.values() if each.status == "ACTIVE")
    if any(each.group_arn == group.arn for each in used):
        raise ClientException(
            "The specified Auto Scaling group ARN is already being used by another capacity "
            "provider. Specify a unique Auto Scaling group ARN and try again."
        )
    return group


def _settings(asked: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for over what was there, with its values checked."""
    scaling = {**before["managedScaling"], **(asked.get("managedScaling") or {})}
    for name, (least, most) in SCALING_RANGES.items():
        if not least <= scaling[name] <= most:
            raise InvalidParameterException(
                f"The {name} of managed scaling must be between {least} and {most}."
            )
    if scaling["minimumScalingStepSize"] > scaling["maximumScalingStepSize"]:
        raise InvalidParameterException(
            "The minimumScalingStepSize cannot be greater than the maximumScalingStepSize."
        )
    switches = {name: asked.get(name) or before[name] for name in _SWITCHES}
    for name, value in {**switches, "managedScaling.status": scaling["status"]}.items():
        if value not in ("ENABLED", "DISABLED"):
            raise InvalidParameterException(f"Invalid {name} {value!r}: ENABLED or DISABLED.")
    return {"managedScaling": scaling, **switches}


_SWITCHES = ("managedTerminationProtection", "managedDraining")


def _check_protection(settings: Mapping[str, Any], group: Group) -> None:
    """Managed termination protection wants managed scaling, and a group that protects its
    instances.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoScalingGroupProvider.html
    """
    if settings["managedTerminationProtection"] != "ENABLED":
        return
    if settings["managedScaling"]["status"] != "ENABLED":
        raise ClientException(f"{BAD_PROTECTION}managed scaling must be enabled.")
    if not group.protects_new_instances:
        raise ClientException(
            f"{BAD_PROTECTION}the Auto Scaling group must have instance protection from scale in "
            "enabled."
        )


@operation("DescribeCapacityProviders")
def describe_capacity_providers(state: State, request: Request) -> Answer:
    """Describe capacity providers, FARGATE and FARGATE_SPOT with them; all when none is named.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html
    """
    include = request.get("include") or []
    known = {name: _built_in(state, name) for name in FARGATE_PROVIDERS}
    own = state.capacity_providers.values()
    known |= {each.name: capacity_provider_shape(each, include) for each in own}
    if request.get("cluster"):
        used = state.cluster(request["cluster"]).capacity_providers
        known = {name: shape for name, shape in known.items() if name in used}
    asked = request.get("capacityProviders")
    if not asked:
        live = [each for each in known.values() if each["status"] != "INACTIVE"]
        return {**page(request, "capacityProviders", live, 10, 10), "failures": []}
    prefix = state.arn("capacity-provider", "")
    names = [each.removeprefix(prefix) for each in asked]
    found = [known[name] for name in names if name in known]
    failures = [{"arn": prefix + each, "reason": "MISSING"} for each in names if each not in known]
    return {**page(request, "capacityProviders", found, 10, 10), "failures": failures}


def _built_in(state: State, name: str) -> dict[str, Any]:
    arn = state.arn("capacity-provider", name)
    return {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "type": name, "tags": []}


@operation("UpdateCapacityProvider")
def update_capacity_provider(state: State, request: Request) -> Answer:
    """Change managed scaling, managed termination protection or managed draining; or how further
    Managed Instances are launched.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCapacityProvider.html
    """
    provider = _active(state, request["name"], request.get("cluster"))
    if provider.managed:
        managed_providers.update(state, provider, request)
        return {"capacityProvider": capacity_provider_shape(provider, ["TAGS"])}
    settings = {
        **provider.settings,
        **_settings(request.get("autoScalingGroupProvider") or {}, provider.settings),
    }
    group = state.surroundings.groups.find(provider.group_arn)
    if group is not None:
        _check_protection(settings, group)
    provider.settings = settings
    provider.update_status = "UPDATE_COMPLETE"
    for cluster in _users(state, provider.name):
        capacity.associated(state, cluster)
    return {"capacityProvider": capacity_provider_shape(provider, ["TAGS"])}


def _active(state: State, name: str, cluster: str | None) -> CapacityProvider:
    """The ACTIVE provider of that name (in its cluster, where one is named), or ClientException."""
    provider = find(state, name)
    if provider is None or provider.status != "ACTIVE":
        raise ClientException(NOT_FOUND)
    if cluster is not None and state.cluster(cluster).name != provider.cluster_name:
        raise ClientException(NOT_FOUND)
    return provider


def _users(state: State, name: str) -> list[Cluster]:
    active = (each for each in state.clusters.values() if each.status == "ACTIVE")
    return [each for each in active if name in each.capacity_providers]


@operation("DeleteCapacityProvider")
def delete_capacity_provider(state: State, request: Request) -> Answer:
    """Delete a capacity provider that no cluster uses: DELETE_IN_PROGRESS, then INACTIVE.

    Of one that a cluster still uses, DescribeCapacityProviders tells DELETE_FAILED and why; one of
    Managed Instances belongs to its cluster, and must be used by no service or task.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCapacityProvider.html
    """
    name = request["capacityProvider"].removeprefix(state.arn("capacity-provider", ""))
    if name in FARGATE_PROVIDERS:
        raise ClientException(
            "The specified capacity provider is reserved and cannot be deleted: FARGATE and "
            "FARGATE_SPOT can only be disassociated from a cluster."
        )
    provider = _active(state, name, request.get("cluster"))
    if provider.managed:
        provider.status = "DEPROVISIONING"
    provider.update_status = "DELETE_IN_PROGRESS"
    state.clock.schedule(state.durations["capacity.deleting"], _delete, state, provider)
    return {"capacityProvider": capacity_provider_shape(provider, ["TAGS"])}


def _delete(state: State, provider: CapacityProvider) -> None:
    if provider.managed:
        managed_providers.delete(state, provider)
        return
    users = _users(state, provider.name)
    if users:
        provider.update_status = "DELETE_FAILED"
        provider.update_reason = (
            "The capacity provider cannot be deleted because it is associated with cluster: "
            f"{users[0].name}. Remove the capacity provider from the cluster and try again."
        )
    else:
        provider.update_status, provider.status = "DELETE_COMPLETE", "INACTIVE"
