"""Service Connect: services of a namespace reach one another by short names, through a proxy in
each task.

A deployment knows the endpoints that its namespace has when it begins, and its own; those that come
later need a new deployment.
Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
and https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ecs_lab.engine import service_registries
from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.model import (
    Cluster,
    Container,
    Deployment,
    Document,
    Endpoint,
    Service,
    Task,
    TaskDefinition,
)
from ecs_lab.engine.service_discovery import Namespace
from ecs_lab.engine.state import State

NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
DNS_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,126}")
REQUEST_TIMEOUT_S = 15.0
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html"""

PROXY_IMAGE = "ecs-service-connect-agent:interface-v1"
"""The image that the agent brings along: nothing is pulled for it.

Source: https://github.com/aws/amazon-ecs-agent/blob/master/agent/serviceconnect/manager_linux.go
"""
_PREFIX = "ecs-service-connect-"


def wanted(request: Document) -> Document | None:
    """The Service Connect configuration of a service's request where it is enabled, or None."""
    asked: Document | None = request.get("serviceConnectConfiguration")
    return asked if asked and asked.get("enabled") else None


def _controller(request: Document) -> str:
    return str((request.get("deploymentController") or {}).get("type", "ECS"))


def with_default(request: Document, cluster: Cluster) -> dict[str, Any]:
    """The request with the cluster's namespace where it names none; a service that says nothing of
    Service Connect becomes a client of the cluster's namespace.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterServiceConnectDefaultsRequest.html
    """
    default = (cluster.service_connect_defaults or {}).get("namespace")
    asked = request.get("serviceConnectConfiguration")
    if not default or _controller(request) != "ECS":
        return dict(request)
    if asked is None or not asked.get("enabled") or asked.get("namespace"):
        return dict(request)
    return {**request, "serviceConnectConfiguration": {**asked, "namespace": default}}


def check(
    state: State,
    request: Document,
    definition: TaskDefinition,
    of: Service | None = None,
) -> None:
    """Whether a service (`of`, if it exists already) can be in its namespace as it asks; AWS gives
    rules, no texts.
    """
    asked = wanted(request)
    if asked is None:
        return
    if _controller(request) != "ECS":
        raise InvalidParameterException(
            "Service Connect supports the ECS deployment controller only."
        )
    namespace = namespace_of(state, asked)
    _check_definition(definition)
    own = [_endpoint(each, definition, namespace, None) for each in asked.get("services") or []]
    for each, endpoint in zip(asked.get("services") or [], own, strict=True):
        _check_service(each, definition, endpoint)
    _check_unique(state, namespace, own, of)


def namespace_of(state: State, asked: Document) -> Namespace:
    """The namespace that a configuration names; raises InvalidParameterException."""
    name = asked.get("namespace")
    if not name:
        raise InvalidParameterException(
            "Service Connect needs a namespace: name one in serviceConnectConfiguration, or give "
            "the cluster a default in serviceConnectDefaults."
        )
    found = state.surroundings.discovery.namespace(str(name))
    if found is None:
        raise InvalidParameterException(f"The Service Connect namespace {name} does not exist.")
    return found


def _check_definition(definition: TaskDefinition) -> None:
    mode = definition.network_mode
    if mode not in ("awsvpc", "bridge"):
        raise InvalidParameterException(
            f"Service Connect supports the network modes awsvpc and bridge, not {mode}."
        )
    if definition.document.get("memory") is None:
        raise InvalidParameterException(
            "Service Connect needs a task definition with a memory limit of the task: the proxy "
            "takes its memory from that."
        )
    if mode == "bridge" and any("hostname" in each for each in definition.containers):
        raise InvalidParameterException(
            "Service Connect does not support the hostname of a container in bridge mode."
        )


def _check_service(asked: Document, definition: TaskDefinition, endpoint: Endpoint) -> None:
    if len(asked.get("clientAliases") or []) > 1:
        raise InvalidParameterException("A Service Connect service has at most 1 client alias.")
    if not NAME.fullmatch(endpoint.discovery_name):
        raise InvalidParameterException(
            f"Invalid discoveryName {endpoint.discovery_name!r}: up to 64 lower-case letters, "
            "numbers, underscores and hyphens, not a hyphen first."
        )
    if not DNS_NAME.fullmatch(endpoint.dns_name):
        raise InvalidParameterException(
            f"Invalid dnsName {endpoint.dns_name!r}: up to 127 lower-case letters, numbers, "
            "underscores, hyphens and periods, not a hyphen first."
        )
    timeout = asked.get("timeout") or {}
    if timeout.get("perRequestTimeoutSeconds") is not None and endpoint.protocol == "tcp":
        raise InvalidParameterException(
            "perRequestTimeoutSeconds needs an appProtocol of http, http2 or grpc in the port "
            "mapping."
        )


def _check_unique(
    state: State, namespace: Namespace, own: list[Endpoint], of: Service | None
) -> None:
    others = [e for e in endpoints_in(state, namespace) if e.service is not of]
    taken = {each.discovery_name for each in others}
    aliases = {(each.dns_name, each.port) for each in others}
    for each in own:
        if each.discovery_name in taken:
            raise InvalidParameterException(
                f"The discoveryName {each.discovery_name} is taken in the namespace "
                f"{namespace.name}: each is unique there."
            )
        if (each.dns_name, each.port) in aliases:
            raise InvalidParameterException(
                f"The endpoint {each.dns_name}:{each.port} is taken in the namespace "
                f"{namespace.name}: each is unique there."
            )
        taken.add(each.discovery_name)
        aliases.add((each.dns_name, each.port))


def _endpoint(
    asked: Document, definition: TaskDefinition, namespace: Namespace, service: Service | None
) -> Endpoint:
    """The endpoint of a Service Connect service; raises InvalidParameterException for a portName
    that no port mapping has.
    """
    port_name = asked["portName"]
    mapping = next(
        (
            each
            for container in definition.containers
            for each in container.get("portMappings", [])
            if each.get("name") == port_name
        ),
        None,
    )
    if mapping is None:
        raise InvalidParameterException(
            f"The portName {port_name} is the name of no port mapping in the task definition."
        )
    discovery = asked.get("discoveryName") or port_name
    alias = (asked.get("clientAliases") or [{}])[0]
    timeout = (asked.get("timeout") or {}).get("perRequestTimeoutSeconds")
    return Endpoint(
        dns_name=alias.get("dnsName") or f"{discovery}.{namespace.name}",
        port=int(alias.get("port") or mapping["containerPort"]),
        namespace_id=namespace.id,
        discovery_name=discovery,
        service=service,
        port_name=port_name,
        container_port=int(mapping["containerPort"]),
        ingress_port=int(asked.get("ingressPortOverride") or mapping["containerPort"]),
        protocol=str(mapping.get("appProtocol") or "tcp"),
        timeout_s=REQUEST_TIMEOUT_S if timeout is None else float(timeout),
    )


def endpoints_in(state: State, namespace: Namespace) -> Iterator[Endpoint]:
    """The endpoints that a namespace has now, of all clusters."""
    for cluster in state.clusters.values():
        for service in cluster.services.values():
            if service.status == "ACTIVE" and service.deployments:
                yield from _own(state, service.primary, namespace)


def _own(state: State, deployment: Deployment, namespace: Namespace) -> Iterator[Endpoint]:
    asked = wanted(deployment.revision.request)
    if asked is None or state.surroundings.discovery.namespace(asked["namespace"]) != namespace:
        return
    for each in asked.get("services") or []:
        yield _endpoint(each, deployment.definition, namespace, deployment.service)


def begin(state: State, deployment: Deployment) -> None:
    """Let a deployment that begins know the endpoints of its namespace, and make Cloud Map services
    of its own.
    """
    asked = wanted(deployment.revision.request)
    if asked is None:
        return
    namespace = state.surroundings.discovery.namespace(asked["namespace"])
    if namespace is None:  # deleted since
        return
    own = list(_own(state, deployment, namespace))
    others = [e for e in endpoints_in(state, namespace) if e.service is not deployment.service]
    deployment.endpoints = {(each.dns_name, each.port): each for each in [*others, *own]}
    for each in own:
        arn = state.surroundings.discovery.make_service(namespace, each.discovery_name)
        deployment.connect_resources[each.discovery_name] = arn


def proxy(state: State, deployment: Deployment | None, path: str) -> list[Container]:
    """The proxy container that ECS adds to a task, if its service uses Service Connect."""
    if deployment is None or wanted(deployment.revision.request) is None:
        return []
    definition = {
        "name": _PREFIX + state.ids.hex(5),
        "image": PROXY_IMAGE,
        "essential": True,
        "environment": [],
    }
    arn = state.arn("container", f"{path}/{state.ids.uuid()}")
    return [Container(arn=arn, definition=definition)]


def is_proxy(container: Container) -> bool:
    """Whether it is the container that ECS added for Service Connect."""
    return container.definition["image"] == PROXY_IMAGE and container.name.startswith(_PREFIX)


def register(state: State, task: Task) -> None:
    """Make a task that is ready an instance of its endpoints in Cloud Map."""
    if task.deployment is None:
        return
    for each in task.deployment.endpoints.values():
        arn = task.deployment.connect_resources.get(each.discovery_name)
        if each.service is task.service and arn is not None:
            service_registries.add(state, task, arn, each.ingress_port)
