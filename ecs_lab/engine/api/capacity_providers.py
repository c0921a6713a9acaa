"""Capacity providers: create, describe, update, delete, and the ones that a cluster may use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ecs_lab.engine import capacity
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.auto_scaling_groups import Group
from ecs_lab.engine.capacity_strategy import FARGATE_PROVIDERS
from ecs_lab.engine.errors import (
    ClientException,
    InvalidParameterException,
    NotSimulatedError,
    ResourceInUseException,
)
from ecs_lab.engine.model import CapacityProvider, Cluster
from ecs_lab.engine.shapes import capacity_provider_shape, cluster_shape
from ecs_lab.engine.state import State, page

NAME = re.compile(r"(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}", re.IGNORECASE)
BAD_NAME = (
    "The specified capacity provider name is invalid. Up to 255 characters are allowed, including "
    "letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed "
    'with "aws", "ecs", or "fargate". Specify a valid name and try again.'
)
NOT_FOUND = "The specified capacity provider was not found."
BAD_PROTECTION = (
    "The managed termination protection setting for the capacity provider is invalid. To enable "
    "managed termination protection for a capacity provider, "
)
MOST_PROVIDERS = 20
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
    """Create a capacity provider on an Auto Scaling group.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html
    """
    name = request["name"]
    if not NAME.fullmatch(name):
        raise InvalidParameterException(BAD_NAME)
    if request.get("managedInstancesProvider"):
        raise NotSimulatedError(
            "The lab has no Amazon ECS Managed Instances: use an Auto Scaling group provider."
        )
    asked = request.get("autoScalingGroupProvider")
    if not asked:
        raise InvalidParameterException("Specify an autoScalingGroupProvider and try again.")
    if _find(state, name) is not None:
        raise ClientException(
            "The specified capacity provider already exists. To change the configuration of an "
            "existing capacity provider, update the capacity provider."
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


def _find(state: State, name_or_arn: str) -> CapacityProvider | None:
    name = name_or_arn.removeprefix(state.arn("capacity-provider", ""))
    provider = state.capacity_providers.get(name)
    return provider if provider is not None and provider.status == "ACTIVE" else None


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
    """Change managed scaling, managed termination protection or managed draining.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCapacityProvider.html
    """
    provider = _find(state, request["name"])
    if provider is None:
        raise ClientException(NOT_FOUND)
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


def _users(state: State, name: str) -> list[Cluster]:
    active = (each for each in state.clusters.values() if each.status == "ACTIVE")
    return [each for each in active if name in each.capacity_providers]


@operation("DeleteCapacityProvider")
def delete_capacity_provider(state: State, request: Request) -> Answer:
    """Delete a capacity provider that no cluster uses: DELETE_IN_PROGRESS, then INACTIVE.

    Of one that a cluster still uses, DescribeCapacityProviders tells DELETE_FAILED and why.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCapacityProvider.html
    """
    name = request["capacityProvider"].removeprefix(state.arn("capacity-provider", ""))
    if name in FARGATE_PROVIDERS:
        raise ClientException(
            "The specified capacity provider is reserved and cannot be deleted: FARGATE and "
            "FARGATE_SPOT can only be disassociated from a cluster."
        )
    provider = _find(state, name)
    if provider is None:
        raise ClientException(NOT_FOUND)
    provider.update_status = "DELETE_IN_PROGRESS"
    state.clock.schedule(state.durations["capacity.deleting"], _delete, state, provider)
    return {"capacityProvider": capacity_provider_shape(provider, ["TAGS"])}


def _delete(state: State, provider: CapacityProvider) -> None:
    users = _users(state, provider.name)
    if users:
        provider.update_status = "DELETE_FAILED"
        provider.update_reason = (
            "The capacity provider cannot be deleted because it is associated with cluster: "
            f"{users[0].name}. Remove the capacity provider from the cluster and try again."
        )
    else:
        provider.update_status, provider.status = "DELETE_COMPLETE", "INACTIVE"


@operation("PutClusterCapacityProviders")
def put_cluster_capacity_providers(state: State, request: Request) -> Answer:
    """Set all capacity providers of a cluster, and its default strategy.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
    """
    cluster = state.cluster(request["cluster"])
    names = checked_providers(state, request["capacityProviders"])
    strategy = checked_strategy(request["defaultCapacityProviderStrategy"], names)
    gone = set(cluster.capacity_providers) - set(names)
    if any(_in_use(cluster, each) for each in gone):
        raise ResourceInUseException(
            "The specified capacity provider is in use and cannot be removed."
        )
    cluster.capacity_providers, cluster.default_strategy = names, strategy
    capacity.associated(state, cluster)
    return {"cluster": cluster_shape(cluster, ["SETTINGS", "CONFIGURATIONS", "TAGS"])}


def _in_use(cluster: Cluster, name: str) -> bool:
    """Whether a task or a service of the cluster runs on the provider."""
    if any(
        each.capacity_provider == name and each.stopped_at_s is None
        for each in cluster.tasks.values()
    ):
        return True
    services = (each for each in cluster.services.values() if each.status != "INACTIVE")
    strategies = (each.request.get("capacityProviderStrategy") or [] for each in services)
    return any(item["capacityProvider"] == name for each in strategies for item in each)


def checked_providers(state: State, names: Sequence[str]) -> list[str]:
    """The providers that a cluster is to have: up to 20, each of which exists."""
    plain = [each.removeprefix(state.arn("capacity-provider", "")) for each in names]
    if len(plain) > MOST_PROVIDERS:
        raise InvalidParameterException(
            "The maximum number of capacity providers per cluster has been exceeded."
        )
    for each in plain:
        if each not in FARGATE_PROVIDERS and _find(state, each) is None:
            raise InvalidParameterException(NOT_FOUND)
    return list(dict.fromkeys(plain))


def checked_strategy(
    strategy: Sequence[Mapping[str, Any]], providers: Sequence[str]
) -> list[Mapping[str, Any]]:
    """A strategy whose providers are among `providers`, all of one kind, one of them with a base.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
    """
    names = [each["capacityProvider"] for each in strategy]
    if len(names) > MOST_PROVIDERS:
        raise InvalidParameterException(
            f"A capacity provider strategy can contain at most {MOST_PROVIDERS} capacity providers."
        )
    if len(set(names)) < len(names):
        raise InvalidParameterException(
            "The specified capacity provider strategy names a capacity provider more than once."
        )
    if not set(names) <= set(providers):
        raise InvalidParameterException(
            "The specified capacity provider strategy cannot contain a capacity provider that is "
            "not associated with the cluster. Associate the capacity provider with the cluster or "
            "specify a valid capacity provider and try again."
        )
    if len({each in FARGATE_PROVIDERS for each in names}) > 1:
        raise InvalidParameterException(
            "The specified capacity provider strategy cannot contain a mix of capacity providers "
            "using Auto Scaling groups and Fargate. Specify one kind and try again."
        )
    _check_numbers(strategy)
    return [
        {**each, "weight": each.get("weight", 0), "base": each.get("base", 0)} for each in strategy
    ]


def _check_numbers(strategy: Sequence[Mapping[str, Any]]) -> None:
    for each in strategy:
        if not 0 <= each.get("weight", 0) <= 1000 or not 0 <= each.get("base", 0) <= 100_000:
            raise InvalidParameterException(
                "The weight of a capacity provider is 0 to 1000, its base 0 to 100000."
            )
    if sum(1 for each in strategy if each.get("base", 0) > 0) > 1:
        raise InvalidParameterException(
            "Only one capacity provider in a capacity provider strategy can have a base defined."
        )
