"""Service discovery: a service's registry in AWS Cloud Map, and the instances that its tasks are
there.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
"""

from __future__ import annotations

from typing import Any

from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.model import Document, Task, TaskDefinition
from ecs_lab.engine.service_discovery import Registry
from ecs_lab.engine.state import State

MOST_TASKS = 1000
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html"""

CONTAINER_WANTED = (
    "When specifying 'host' or 'bridge' for networkMode, values for 'containerName' and "
    "'containerPort' must be specified from the task definition."
)


def check(state: State, request: Document, definition: TaskDefinition) -> None:
    """Whether tasks of this definition can be instances of the service's registry.

    The texts are ours but for the two that were seen in the field: at most 1 item, and the
    container that bridge and host mode want.
    """
    registries = request.get("serviceRegistries") or []
    if not registries:
        return
    if len(registries) > 1:
        raise InvalidParameterException("service registries can have at most 1 items.")
    if any(each.get("loadBalancerName") for each in request.get("loadBalancers") or []):
        raise InvalidParameterException(
            "Service discovery does not support Classic Load Balancers: use a target group."
        )
    if (request.get("desiredCount") or 0) > MOST_TASKS:
        raise InvalidParameterException(
            f"A service with service discovery has at most {MOST_TASKS} tasks."
        )
    asked = registries[0]
    registry = state.surroundings.discovery.registry(str(asked.get("registryArn")))
    if registry is None:
        raise InvalidParameterException(
            f"The service registry {asked.get('registryArn')} does not exist."
        )
    _check_mode(asked, registry, definition)
    _check_container(asked, definition)


def _check_mode(asked: Document, registry: Registry, definition: TaskDefinition) -> None:
    mode, records = definition.network_mode, registry.record_types
    named = asked.get("containerName") is not None and asked.get("containerPort") is not None
    if mode == "none":
        raise InvalidParameterException("Service discovery does not support networkMode 'none'.")
    if mode != "awsvpc":
        if not named:
            raise InvalidParameterException(CONTAINER_WANTED)
        if records and records != {"SRV"}:
            raise InvalidParameterException(
                f"With networkMode '{mode}' the service registry can have SRV records only; "
                f"{registry.name} has {', '.join(sorted(records))}."
            )
        return
    if named and asked.get("port") is not None:
        raise InvalidParameterException(
            "Give either containerName and containerPort or port for the service registry, not "
            "both."
        )
    if "SRV" in records and not named and asked.get("port") is None:
        raise InvalidParameterException(
            f"The service registry {registry.name} has SRV records: give containerName and "
            "containerPort, or port."
        )


def _check_container(asked: Document, definition: TaskDefinition) -> None:
    name, port = asked.get("containerName"), asked.get("containerPort")
    if name is None:
        return
    found = next((each for each in definition.containers if each["name"] == name), None)
    if found is None:
        raise InvalidParameterException(
            f"The container {name} does not exist in the task definition."
        )
    if all(each.get("containerPort") != port for each in found.get("portMappings", [])):
        raise InvalidParameterException(
            f"The container {name} did not have a container port {port} defined."
        )


def register(state: State, task: Task) -> None:
    """Make a task that is ready an instance of its service's registry, UNHEALTHY until the health
    checks of its containers, if it has any, say otherwise.
    """
    if task.deployment is None:
        return
    for asked in task.deployment.revision.request.get("serviceRegistries") or []:
        _put(state, task, str(asked["registryArn"]), _attributes(state, task, asked))


def _put(state: State, task: Task, arn: str, attributes: dict[str, str]) -> None:
    discovery = state.surroundings.discovery
    if discovery.registry(arn) is not None:
        checked = any("healthCheck" in each.definition for each in task.containers)
        healthy = not checked or task.health_status == "HEALTHY"
        discovery.register(arn, task.id, attributes, healthy=healthy)
        task.registries[arn] = attributes


def add(state: State, task: Task, arn: str, port: int) -> None:
    """Make a task an instance of another Cloud Map service, as Service Connect does."""
    _put(state, task, arn, _attributes(state, task, {"port": port}))


def health_changed(state: State, task: Task) -> None:
    """Tell the registries of the task's health; an instance that fails is deregistered."""
    for arn, attributes in list(task.registries.items()):
        if task.health_status == "UNHEALTHY":
            state.surroundings.discovery.deregister(arn, task.id)
        else:
            _put(state, task, arn, attributes)


def deregister(state: State, task: Task) -> None:
    """Take a task that stops out of its registries."""
    for arn in task.registries:
        state.surroundings.discovery.deregister(arn, task.id)
    task.registries.clear()


def _attributes(state: State, task: Task, asked: Document) -> dict[str, str]:
    """What Cloud Map is told of a task."""
    assert task.service is not None
    found: dict[str, Any] = {
        "AWS_INSTANCE_IPV4": _address(state, task),
        "AWS_INSTANCE_PORT": _port(task, asked),
        "AVAILABILITY_ZONE": task.zone,
        "REGION": state.region,
        "ECS_SERVICE_NAME": task.service.name,
        "ECS_CLUSTER_NAME": task.cluster.name,
        "ECS_TASK_DEFINITION_FAMILY": task.definition.family,
        "ECS_TASK_SET_EXTERNAL_ID": getattr(task.deployment, "external_id", None),
    }
    if task.container_instance is not None:
        found["EC2_INSTANCE_ID"] = task.container_instance.ec2_instance_id
    return {key: str(value) for key, value in found.items() if value is not None}


def _address(state: State, task: Task) -> str | None:
    if task.interface is not None:
        return task.interface.private_ip
    if task.container_instance is None:
        return None
    return state.surroundings.private_address(task.container_instance.ec2_instance_id)


def _port(task: Task, asked: Document) -> int | None:
    """The port that clients use: of bridge mode's bindings the one on the host."""
    if asked.get("port") is not None:
        return int(asked["port"])
    for container in task.containers:
        if container.name == asked.get("containerName"):
            for each in container.network_bindings:
                if each.get("containerPort") == asked.get("containerPort"):
                    return int(each["hostPort"])
    return asked.get("containerPort")
