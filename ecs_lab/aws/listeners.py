"""Who answers at an address and port inside the lab: a container of some task, or nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ecs_lab.engine.ecs import Ecs
from ecs_lab.engine.model import Container, Task
from ecs_lab.runtime.messages import Request
from ecs_lab.runtime.replies import Hop, Reply, through

if TYPE_CHECKING:
    from ecs_lab.aws.containers import Containers


def answer(
    containers: Containers,
    regions: Iterable[Ecs],
    host: str,
    port: int,
    request: Request,
    task: Task | None = None,
) -> Reply | None:
    """What a request gets at `host` (an address, or an EC2 instance's id), or None where nothing
    listens; `task` says whose container it is, if that is known.
    """
    tasks = [task] if task is not None else _tasks_at(regions, host)
    for each in tasks:
        for container in each.containers:
            inside = _port_inside(each, container, port)
            if inside is not None:
                response = containers.answer(each, inside, request, container)
                if response is not None:
                    return through([_hop(each, container)], response)
    return None


def _hop(task: Task, container: Container) -> Hop:
    revision = f"{task.definition.family}:{task.definition.revision}"
    return Hop(
        "task", task.id, task.arn, task.zone or "", f"{revision}, container {container.name}"
    )


def _tasks_at(regions: Iterable[Ecs], host: str) -> Iterator[Task]:
    for ecs in regions:
        for cluster in ecs.state.clusters.values():
            for task in cluster.tasks.values():
                interface, instance = task.interface, task.container_instance
                own = interface is not None and interface.private_ip == host
                if own or (
                    interface is None and instance is not None and instance.ec2_instance_id == host
                ):
                    yield task


def _port_inside(task: Task, container: Container, port: int) -> int | None:
    """The container's port that is reached from outside at `port`, or None."""
    if task.definition.network_mode != "bridge":
        return port
    for each in container.network_bindings:
        if each.get("hostPort") == port:
            return int(each["containerPort"])
    return None
