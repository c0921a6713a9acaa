"""The ways out of a container: addresses of its own task, the agent, other places, AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ecs_lab.aws import network
from ecs_lab.aws.containers import link_local
from ecs_lab.aws.traffic import sources
from ecs_lab.engine.model import Container, Task
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.messages import Request, Response

if TYPE_CHECKING:
    from ecs_lab.aws.containers.running import Containers, Process
    from ecs_lab.aws.world import World

LOCALHOST = ("localhost", "127.0.0.1", "::1")
PORTS = {"http": 80, "https": 443}


def send(
    world: World, containers: Containers, process: Process, url: str, request: Request
) -> Response:
    """Send a request from a container; raises UnreachableError, and ValueError for no URL."""
    parts = urlsplit(url)
    task, host = process.task, parts.hostname or ""
    linked = linked_container(task, process.container, host)
    if not (host in LOCALHOST or host in link_local.HOSTS or linked is not None):
        return _send_away(world, process, url, request)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"host": parts.netloc} | dict(request.headers)
    asked = Request(request.method, path, headers, request.body, parts.scheme)
    port = parts.port or PORTS.get(parts.scheme, 80)
    if host in link_local.HOSTS:
        _check_network(task)
        response = link_local.answer(world, containers, containers.credentials, task, host, asked)
    elif linked is not None:
        response = containers.answer(task, port, asked, linked)
    else:
        response = local(world, containers, task, process.container, port, asked)
    if response is None:
        raise UnreachableError(f"{host} port {port}: connection refused")
    return response


def _check_network(task: Task) -> None:
    """Raises UnreachableError in network mode none, in which a task has nothing but its loopback.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html
    """
    if task.definition.network_mode == "none":
        raise UnreachableError(f"The task {task.id} has network mode none: nothing leaves it.")


def _send_away(world: World, process: Process, url: str, request: Request) -> Response:
    _check_network(process.task)
    try:
        source = sources.of_task(process.task, process.container)
    except LookupError as error:
        raise UnreachableError(str(error)) from None
    return world.traffic.send(source, request.method, url, request.headers, request.body)


def local(
    world: World,
    containers: Containers,
    task: Task,
    container: Container,
    port: int,
    request: Request,
) -> Response | None:
    """What answers on localhost: in awsvpc mode all containers of the task, in host mode all that
    listen on the instance, else the container alone.
    """
    mode = task.definition.network_mode
    if mode == "host" and task.container_instance is not None:
        return world.answer_at(task.container_instance.ec2_instance_id, port, request)
    return containers.answer(task, port, request, None if mode == "awsvpc" else container)


def linked_container(task: Task, container: Container, host: str) -> Container | None:
    """The container that a name leads to by `links`: `name` or `name:alias`, in bridge mode.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    by_name = {each.name: each for each in task.containers}
    for link in container.definition.get("links") or []:
        name, _, alias = str(link).partition(":")
        if host in (name, alias):
            return by_name.get(name)
    return None


def check_way_to_service(task: Task, host: str) -> None:
    """Raises UnreachableError where a task does not reach the API of an AWS service."""
    _check_network(task)
    try:
        place = network.of_task(task)
    except network.NoPlaceError as error:
        raise UnreachableError(str(error)) from None
    found = network.service_obstacle(place, service_of(host))
    if found is not None:
        raise UnreachableError(f"{host}: {found}")


def service_of(host: str) -> str:
    """The service that a host name of AWS is of, as VPC endpoints call it.

    >>> service_of("sqs.us-east-1.amazonaws.com"), service_of("api.ecr.us-east-1.amazonaws.com")
    ('sqs', 'ecr.api')
    >>> service_of("shop.s3.us-east-1.amazonaws.com"), service_of("iam.amazonaws.com")
    ('s3', 'iam')
    """
    labels = [each for each in host.removesuffix(".amazonaws.com").split(".") if "-" not in each]
    if "s3" in labels:
        return "s3"
    return ".".join(reversed(labels[-2:]))
