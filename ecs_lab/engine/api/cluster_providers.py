"""The capacity providers of a cluster, and the strategies that name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ecs_lab.engine import capacity, capacity_strategy
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.capacity_strategy import FARGATE_PROVIDERS
from ecs_lab.engine.errors import InvalidParameterException, ResourceInUseException
from ecs_lab.engine.model import CapacityProvider, Cluster
from ecs_lab.engine.shapes import cluster_shape
from ecs_lab.engine.state import State

NOT_FOUND = "The specified capacity provider was not found."
MOST_PROVIDERS = 20


def find(state: State, name_or_arn: str) -> CapacityProvider | None:
    """The capacity provider of that name or ARN that is not INACTIVE, or None."""
    name = name_or_arn.removeprefix(state.arn("capacity-provider", ""))
    provider = state.capacity_providers.get(name)
    return provider if provider is not None and provider.status != "INACTIVE" else None


@operation("PutClusterCapacityProviders")
def put_cluster_capacity_providers(state: State, request: Request) -> Answer:
    """Set all capacity providers of a cluster, and its default strategy.

    Those of Managed Instances belong to their cluster: they can be named here, as AWS's tutorial
    does it, and stay where they are not; AWS says only that this call does not associate them.
    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
    """
    cluster = state.cluster(request["cluster"])
    own = [each for each in cluster.capacity_providers if _managed(state, each)]
    names = checked_providers(state, request["capacityProviders"], cluster)
    names = list(dict.fromkeys([*names, *own]))
    strategy = checked_strategy(state, request["defaultCapacityProviderStrategy"], names)
    gone = set(cluster.capacity_providers) - set(names)
    if any(in_use(cluster, each) for each in gone):
        raise ResourceInUseException(
            "The specified capacity provider is in use and cannot be removed."
        )
    cluster.capacity_providers, cluster.default_strategy = names, strategy
    capacity.associated(state, cluster)
    return {"cluster": cluster_shape(cluster, ["SETTINGS", "CONFIGURATIONS", "TAGS"])}


def _managed(state: State, name: str) -> bool:
    provider = state.capacity_providers.get(name)
    return provider is not None and provider.managed


def in_use(cluster: Cluster, name: str) -> bool:
    """Whether a task or a service of the cluster runs on the provider."""
    if any(
        each.capacity_provider == name and each.stopped_at_s is None
        for each in cluster.tasks.values()
    ):
        return True
    services = (each for each in cluster.services.values() if each.status != "INACTIVE")
    strategies = (each.request.get("capacityProviderStrategy") or [] for each in services)
    return any(item["capacityProvider"] == name for each in strategies for item in each)


def checked_providers(
    state: State, names: Sequence[str], cluster: Cluster | None = None
) -> list[str]:
    """The providers that a cluster is to have: up to 20, each of which exists and is ACTIVE.

    The last two texts were seen in the field:
    https://github.com/hashicorp/terraform-provider-aws/issues/45693 and
    https://github.com/hashicorp/terraform-provider-aws/issues/44783.
    """
    plain = [each.removeprefix(state.arn("capacity-provider", "")) for each in names]
    if len(plain) > MOST_PROVIDERS:
        raise InvalidParameterException(
            "The maximum number of capacity providers per cluster has been exceeded."
        )
    for each in plain:
        if each not in FARGATE_PROVIDERS:
            _check_provider(state, each, cluster)
    return list(dict.fromkeys(plain))


def _check_provider(state: State, name: str, cluster: Cluster | None) -> None:
    provider = find(state, name)
    if provider is None:
        raise InvalidParameterException(NOT_FOUND)
    if provider.managed and (cluster is None or provider.cluster_name != cluster.name):
        raise InvalidParameterException(
            "Cannot associate Managed Instances capacity provider to clusters using this API. "
            f"Managed Instances capacity providers are already associated with a cluster: {name} "
            f"belongs to {provider.cluster_name}."
        )
    _check_active(state, name)


def _check_active(state: State, name: str) -> None:
    provider = state.capacity_providers.get(name)
    if provider is not None and provider.status != "ACTIVE":
        raise InvalidParameterException(
            f"The specified capacity provider '{name}' is not in an ACTIVE state. Specify a valid "
            "capacity provider and try again."
        )


USING = {
    "EC2": "Auto Scaling groups",
    "FARGATE": "Fargate",
    "MANAGED_INSTANCES": "Managed Instances",
}


def checked_strategy(
    state: State, strategy: Sequence[Mapping[str, Any]], providers: Sequence[str]
) -> list[Mapping[str, Any]]:
    """A strategy whose providers are among `providers`, all of one kind, one of them with a base.

    Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-capacity-providers-concept.html,
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
    kinds = {capacity_strategy.launch_type(state.capacity_providers, each) for each in names}
    if len(kinds) > 1:
        raise InvalidParameterException(
            "The specified capacity provider strategy cannot contain a mix of capacity providers "
            f"using {' and '.join(sorted(USING[each] for each in kinds))}. Specify one kind and "
            "try again."
        )
    for each in names:
        _check_active(state, each)
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
