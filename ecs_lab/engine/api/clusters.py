"""Clusters: create, describe, list, update, delete."""

from __future__ import annotations

import re

from ecs_lab.engine import capacity
from ecs_lab.engine.api import account_settings
from ecs_lab.engine.api import exec as ecs_exec
from ecs_lab.engine.api.cluster_providers import checked_providers, checked_strategy
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.errors import (
    ClusterContainsCapacityProviderException,
    ClusterContainsContainerInstancesException,
    ClusterContainsServicesException,
    ClusterContainsTasksException,
    InvalidParameterException,
)
from ecs_lab.engine.model import CapacityProvider, Cluster
from ecs_lab.engine.shapes import cluster_attachments, cluster_shape
from ecs_lab.engine.state import State, find_each, page

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
NAMESPACE = re.compile(r'[^<>"/]{1,1024}')
CONTAINER_INSIGHTS = ("enabled", "disabled", "enhanced")


@operation("CreateCluster")
def create_cluster(state: State, request: Request) -> Answer:
    """Create a cluster, or answer with the one of that name that exists.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
    """
    name = request.get("clusterName") or "default"
    if not NAME.fullmatch(name):
        raise InvalidParameterException(
            "Cluster name must be 1 to 255 letters, numbers, hyphens and underscores."
        )
    settings = _checked_settings(state, request.get("settings"))
    ecs_exec.check_configuration(request.get("configuration"))
    providers = checked_providers(state, request.get("capacityProviders") or [])
    strategy = request.get("defaultCapacityProviderStrategy") or []
    default_strategy = checked_strategy(state, strategy, providers)
    tags = checked_tags(request.get("tags"))
    cluster = state.find_cluster(name)
    if cluster is None:
        cluster = Cluster(
            name=name,
            arn=state.arn("cluster", name),
            settings=settings,
            configuration=request.get("configuration"),
            service_connect_defaults=_defaults(state, request.get("serviceConnectDefaults")),
            capacity_providers=providers,
            default_strategy=default_strategy,
            tags=tags,
        )
        state.clusters[name] = cluster
        capacity.associated(state, cluster)
        state.note("cluster", cluster.arn, name, "ACTIVE")
        state.tell("cluster", cluster)
    return {"cluster": cluster_shape(cluster, ["SETTINGS", "CONFIGURATIONS", "TAGS"])}


def _defaults(state: State, asked: dict[str, str] | None) -> dict[str, str] | None:
    """The namespace of a cluster's Service Connect defaults by its ARN, made (for API calls only)
    if there is none of that name; an empty name takes the default away.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterServiceConnectDefaultsRequest.html
    """
    name = (asked or {}).get("namespace")
    if not name:
        return None
    if not NAMESPACE.fullmatch(name) and not name.startswith("arn:"):
        raise InvalidParameterException(
            'A namespace name has up to 1024 characters, without <, >, " and /.'
        )
    discovery = state.surroundings.discovery
    found = discovery.namespace(name)
    if found is None and name.startswith("arn:"):
        raise InvalidParameterException(f"The namespace {name} does not exist.")
    return {"namespace": (found or discovery.make_namespace(name)).arn}


def _checked_settings(state: State, settings: list[dict[str, str]] | None) -> list[dict[str, str]]:
    """Container Insights is the one setting; the account's setting is its default.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html
    """
    value = account_settings.effective(state, "containerInsights")
    for each in settings or []:
        if each.get("name") != "containerInsights" or each.get("value") not in CONTAINER_INSIGHTS:
            raise InvalidParameterException(
                f"Invalid cluster setting {each.get('name')}={each.get('value')}: the name is "
                f"containerInsights, the value one of {', '.join(CONTAINER_INSIGHTS)}."
            )
        value = each["value"]
    return [{"name": "containerInsights", "value": value}]


@operation("DescribeClusters")
def describe_clusters(state: State, request: Request) -> Answer:
    """Describe clusters by name or ARN (`default` when none is named), deleted ones as INACTIVE;
    what is not there comes back as MISSING.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html
    """
    include = request.get("include") or []
    names = request.get("clusters") or ["default"]
    found, failures = find_each(names, state.known_cluster, state.arn("cluster", ""))
    shown = [cluster_shape(each, include) for each in found]
    if "ATTACHMENTS" in include:
        shown = [
            shape | cluster_attachments(_scaling(state, cluster))
            for shape, cluster in zip(shown, found, strict=True)
        ]
    return {"clusters": shown, "failures": failures}


def _scaling(state: State, cluster: Cluster) -> list[CapacityProvider]:
    """The cluster's capacity providers that scale their Auto Scaling group."""
    found = [state.capacity_providers.get(name) for name in cluster.capacity_providers]
    enabled = [each for each in found if each is not None and not each.managed]
    return [each for each in enabled if each.settings["managedScaling"]["status"] == "ENABLED"]


@operation("ListClusters")
def list_clusters(state: State, request: Request) -> Answer:
    """List the ARNs of the clusters."""
    arns = [each.arn for each in state.clusters.values() if each.status != "INACTIVE"]
    return page(request, "clusterArns", arns)


@operation("UpdateCluster")
def update_cluster(state: State, request: Request) -> Answer:
    """Change a cluster's settings, configuration or Service Connect defaults."""
    cluster = state.cluster(request["cluster"])
    ecs_exec.check_configuration(request.get("configuration"))
    if request.get("settings"):
        cluster.settings = _checked_settings(state, request["settings"])
        state.tell("cluster", cluster)
    if request.get("configuration"):
        cluster.configuration = request["configuration"]
    if request.get("serviceConnectDefaults"):
        asked = request["serviceConnectDefaults"]
        cluster.service_connect_defaults = _defaults(state, asked)
    return {"cluster": cluster_shape(cluster, ["SETTINGS", "CONFIGURATIONS", "TAGS"])}


@operation("UpdateClusterSettings")
def update_cluster_settings(state: State, request: Request) -> Answer:
    """Change a cluster's settings."""
    cluster = state.cluster(request["cluster"])
    cluster.settings = _checked_settings(state, request["settings"])
    state.tell("cluster", cluster)
    return {"cluster": cluster_shape(cluster, ["SETTINGS", "TAGS"])}


@operation("DeleteCluster")
def delete_cluster(state: State, request: Request) -> Answer:
    """Delete a cluster that has no services, container instances, tasks or capacity providers of
    its own left.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
    """
    cluster = state.cluster(request["cluster"])
    if any(each.status != "INACTIVE" for each in cluster.services.values()):
        raise ClusterContainsServicesException(
            "The Cluster cannot be deleted while Services are active."
        )
    owned = [
        each for each in state.capacity_providers.values() if each.cluster_name == cluster.name
    ]
    if any(each.status != "INACTIVE" for each in owned):
        raise ClusterContainsCapacityProviderException(
            "The Cluster cannot be deleted while Managed Instances capacity providers are active: "
            f"delete the capacity provider {owned[0].name} first."
        )
    if cluster.container_instances:
        raise ClusterContainsContainerInstancesException(
            "The Cluster cannot be deleted while Container Instances are active or draining."
        )
    if any(each.last_status != "STOPPED" for each in cluster.tasks.values()):
        raise ClusterContainsTasksException("The Cluster cannot be deleted while Tasks are active.")
    cluster.status = "INACTIVE"
    state.note("cluster", cluster.arn, cluster.name, "ACTIVE -> INACTIVE")
    return {"cluster": cluster_shape(cluster, ["SETTINGS", "TAGS"])}
