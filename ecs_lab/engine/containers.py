"""The containers inside a task: the order in which they start, what they bind, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ecs_lab.engine.model import Container, Document, Task
from ecs_lab.engine.placement import dynamic_host_port

if TYPE_CHECKING:
    from ecs_lab.engine.state import State

HEALTH_CHECK_INTERVAL_S = 30
"""The default of a container health check's interval.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""


class Hooks(NamedTuple):
    """What the task does when one of its containers ends (with an exit code) or passes its health
    check.
    """

    exited: Callable[[State, Task, Container, int], None]
    healthy: Callable[[State, Task, Container], None]


def start_ready(state: State, task: Task, hooks: Hooks) -> None:
    """Start every container whose dependencies are met, and those that become ready by that."""
    progress = True
    while progress and not task.stopping:
        ready = [
            each for each in task.containers if each.last_status == "PENDING" and _ready(each, task)
        ]
        progress = bool(ready)
        for container in ready:
            _start(state, task, container, hooks)


def _ready(container: Container, task: Task) -> bool:
    """Whether each container that this one depends on has reached the condition.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
    """
    by_name = {each.name: each for each in task.containers}
    return all(
        _met(by_name[each["containerName"]], each["condition"])
        for each in container.definition.get("dependsOn", [])
    )


def _met(container: Container, condition: str) -> bool:
    if condition == "START":
        return container.last_status != "PENDING"
    if condition == "HEALTHY":
        return container.health_status == "HEALTHY"
    ended = container.last_status == "STOPPED"
    return ended and (condition == "COMPLETE" or container.exit_code == 0)


def _start(state: State, task: Task, container: Container, hooks: Hooks) -> None:
    container.last_status = "RUNNING"
    container.runtime_id = f"{task.id}-{state.ids.random.randrange(10**9, 10**10)}"
    container.network_bindings = _bindings(task, container)
    run = state.surroundings.run_container(task, container)
    if run.seconds is not None:
        container.reason = run.reason
        container.next_event = state.clock.schedule(
            run.seconds, hooks.exited, state, task, container, run.exit_code
        )
    check = container.definition.get("healthCheck")
    if check:
        interval_s = check.get("interval", HEALTH_CHECK_INTERVAL_S)
        state.clock.schedule(interval_s, hooks.healthy, state, task, container)


def _bindings(task: Task, container: Container) -> list[dict[str, object]]:
    """Where the container's ports are reached on its container instance; awsvpc tasks have none to
    bind.
    """
    if task.container_instance is None or task.definition.network_mode != "bridge":
        return []
    return [_binding(task, mapping) for mapping in container.definition.get("portMappings", [])]


def _binding(task: Task, mapping: Document) -> dict[str, object]:
    assert task.container_instance is not None
    protocol = mapping.get("protocol", "tcp")
    host_port = mapping.get("hostPort") or dynamic_host_port(task.container_instance, protocol)
    return {
        "bindIP": "0.0.0.0",  # noqa: S104 - what Docker binds, told as AWS tells it; nothing listens here
        "containerPort": mapping["containerPort"],
        "hostPort": host_port,
        "protocol": protocol,
    }


def killed(state: State, container: Container) -> None:
    """The container is stopped from outside.

    The lab's containers heed SIGTERM, so the exit code is 143 (128 + 15); one that does not heed
    it would get SIGKILL after stopTimeout and end with 137 (128 + 9).
    """
    if container.last_status == "RUNNING":
        state.clock.cancel(container.next_event)
        container.exit_code = 143
    container.last_status = "STOPPED"
    container.health_status = "UNKNOWN"
