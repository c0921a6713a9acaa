"""The containers inside a task: the order in which they start, what they bind, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ecs_lab.engine import health_checks, service_connect
from ecs_lab.engine.host_ports import in_range, next_dynamic
from ecs_lab.engine.model import Container, Document, Task
from ecs_lab.engine.surroundings import CannotStartError

if TYPE_CHECKING:
    from ecs_lab.engine.state import State

KILLED = 137
"""The exit code of a container that got SIGKILL: 128 + 9."""

RESTART_ATTEMPT_PERIOD_S = 300
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html"""


class Hooks(NamedTuple):
    """What the task does when one of its containers ends (with an exit code), changes its health,
    has not reached in time what another one waits for, or is ended from inside (with an exit code
    and a reason).
    """

    exited: Callable[[State, Task, Container, int], None]
    health_changed: Callable[[State, Task, Container], None]
    too_late: Callable[[State, Task, Container], None]
    ends: Callable[[State, Task, Container, int, str | None], None]


def start_ready(state: State, task: Task, hooks: Hooks) -> None:
    """Start every container whose dependencies are met, and those that become ready by that; raises
    CannotStartError.
    """
    progress = True
    while progress and not task.stopping:
        ready = [
            each for each in task.containers if each.last_status == "PENDING" and _ready(each, task)
        ]
        progress = bool(ready)
        for container in ready:
            try:
                _start(state, task, container, hooks)
            except CannotStartError as error:
                _go_without(container, error)


def pull(state: State, task: Task) -> None:
    """Pull the containers' images; raises CannotStartError.

    The first task of a service revision settles to which digest a tag leads: all later ones get
    the same image, whatever has the tag by then, unless versionConsistency is disabled.
    Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability
    and https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerImage.html
    """
    for container in task.containers:
        if service_connect.is_proxy(container):
            continue
        settled = _settled_digests(task, container)
        try:
            digest = state.surroundings.pull_image(task, container, settled.get(container.name))
        except CannotStartError as error:
            _go_without(container, error)
        else:
            container.image_digest = settled[container.name] = digest


def _settled_digests(task: Task, container: Container) -> dict[str, str]:
    consistent = container.definition.get("versionConsistency") != "disabled"
    revision = task.deployment.revision if task.deployment is not None else None
    return revision.image_digests if revision is not None and consistent else {}


def _go_without(container: Container, error: CannotStartError) -> None:
    """A container that the agent could not start stays away; without an essential one there is no
    task. Raises the error again where the task cannot go on.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    if error.container is not container or container.essential:
        raise error
    container.last_status, container.reason = "STOPPED", str(error)


def _ready(container: Container, task: Task) -> bool:
    """Whether each container that this one depends on has reached the condition.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
    """
    by_name = {each.name: each for each in task.containers}
    return all(
        _met(by_name[each["containerName"]], each["condition"])
        for each in _dependencies(container, task)
    )


def _dependencies(container: Container, task: Task) -> list[Document]:
    """What a container depends on: as its definition says, and one that logs by awsfirelens on the
    START of the log router, unless it says something else of it.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
    """
    named: list[Document] = container.definition.get("dependsOn") or []
    if (container.definition.get("logConfiguration") or {}).get("logDriver") != "awsfirelens":
        return named
    told = {container.name, *(each["containerName"] for each in named)}
    routers = [each for each in task.containers if each.definition.get("firelensConfiguration")]
    implied = [each.name for each in routers if each.name not in told]
    return [*named, *({"containerName": each, "condition": "START"} for each in implied)]


def _met(container: Container, condition: str) -> bool:
    if condition == "START":
        return container.last_status != "PENDING"
    if condition == "HEALTHY":
        return container.health_status == "HEALTHY"
    ended = container.last_status == "STOPPED"
    return ended and (condition == "COMPLETE" or container.exit_code == 0)


def waiting_in_vain(task: Task, too_late: Container | None = None) -> Container | None:
    """A container that has not started and never will, because what it depends on has failed, or
    has not come in time (`too_late`); None when there is none.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
    """
    by_name = {each.name: each for each in task.containers}
    for container in task.containers:
        if container.last_status == "PENDING":
            for each in _dependencies(container, task):
                other, condition = by_name[each["containerName"]], each["condition"]
                if not _met(other, condition) and (
                    other is too_late or other.last_status == "STOPPED"
                ):
                    return container
    return None


def give_up(task: Task, container: Container) -> None:
    """Stop a container that waits in vain, as the agent does: with 143, though it never ran.

    Source: https://github.com/aws/amazon-ecs-agent/pull/3218
    """
    container.last_status, container.exit_code = "STOPPED", 143
    failed = next(
        each
        for dependency in _dependencies(container, task)
        for each in task.containers
        if each.name == dependency["containerName"] and not _met(each, dependency["condition"])
    )
    code = "" if failed.exit_code is None else f" - Exit: {failed.exit_code}"
    container.reason = (
        "CannotStartContainerError: dependency graph: failed to resolve container ordering "
        f"dependency [{_called(failed)} ({failed.last_status}->RUNNING){code}] "
        f"for target [{_called(container)} (NONE->RUNNING)]"
    )


def _called(container: Container) -> str:
    return f"{container.name}({container.definition['image']})"


def _start(state: State, task: Task, container: Container, hooks: Hooks) -> None:
    container.runtime_id = f"{task.id}-{state.ids.random.randrange(10**9, 10**10)}"
    container.network_bindings = _bindings(task, container)
    _run(state, task, container, hooks)
    timeout_s = container.definition.get("startTimeout")
    if timeout_s and container.restarts == 0:
        state.clock.schedule(timeout_s, hooks.too_late, state, task, container)


def _run(state: State, task: Task, container: Container, hooks: Hooks) -> None:
    """Let the container's process begin."""
    ends = partial(hooks.ends, state, task, container)
    run = state.surroundings.run_container(task, container, ends)
    container.last_status = "RUNNING"
    container.started_at_s = state.clock.now
    container.sigterm_code = run.on_sigterm
    if run.seconds is not None:
        container.reason = run.reason
        container.next_event = state.clock.schedule(
            run.seconds, hooks.exited, state, task, container, run.exit_code
        )
    health_checks.begin(state, task, container, hooks.health_changed)
    if service_connect.is_proxy(container):
        container.health_status = "HEALTHY"  # by a check of its own


def ended(state: State, task: Task, container: Container, exit_code: int) -> None:
    """The container's process has ended."""
    container.last_status, container.exit_code = "STOPPED", exit_code
    state.clock.cancel(container.next_event)
    container.next_event = None
    health_checks.end(state, container)
    state.surroundings.container_ended(task, container)


def restart(state: State, task: Task, container: Container, hooks: Hooks) -> bool:
    """Start a container that has ended again, if its restart policy has it so; whether it did.

    It must have run for restartAttemptPeriod, 300 s by default, and have ended with none of the
    ignoredExitCodes.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
    """
    policy = container.definition.get("restartPolicy") or {}
    if not policy.get("enabled") or container.started_at_s is None:
        return False
    least_s = policy.get("restartAttemptPeriod") or RESTART_ATTEMPT_PERIOD_S
    ran_s = state.clock.now - container.started_at_s
    if ran_s < least_s or container.exit_code in policy.get("ignoredExitCodes", []):
        return False
    container.restarts += 1
    container.exit_code = None
    _run(state, task, container, hooks)
    return True


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
    binding: dict[str, object] = {
        "bindIP": "0.0.0.0",  # noqa: S104 - what Docker binds, told as AWS tells it; nothing listens here
        "protocol": protocol,
    }
    if mapping.get("containerPortRange"):
        count = len(in_range(mapping["containerPortRange"]))
        first = next_dynamic(task.container_instance, protocol, count)
        return binding | {
            "containerPortRange": mapping["containerPortRange"],
            "hostPortRange": f"{first}-{first + count - 1}",
        }
    host_port = mapping.get("hostPort") or next_dynamic(task.container_instance, protocol)
    return binding | {"containerPort": mapping["containerPort"], "hostPort": host_port}


def send_stop_signal(state: State, task: Task, hooks: Hooks) -> None:
    """Tell each running container to stop that no running one depends on.

    One that heeds SIGTERM ends shortly after with an exit code of its own; any other gets SIGKILL
    after its stop timeout. The order is that of the start, reversed.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    needed = {
        each["containerName"]
        for container in task.containers
        if container.last_status == "RUNNING"
        for each in _dependencies(container, task)
    }
    for container in task.containers:
        running = container.last_status == "RUNNING" and not container.signalled
        if running and container.name not in needed:
            _signal(state, task, container, hooks)


def _signal(state: State, task: Task, container: Container, hooks: Hooks) -> None:
    container.signalled = True
    after_s, code = stop_timeout_s(task, container), KILLED
    heeds_s = state.durations["task.STOPPING"]
    if container.sigterm_code is not None and heeds_s <= after_s:
        after_s, code = heeds_s, container.sigterm_code
    own = container.next_event
    if own is not None and not own.cancelled and own.at_s <= state.clock.now + after_s:
        return  # it ends by itself before that
    state.clock.cancel(own)
    container.next_event = state.clock.schedule(after_s, hooks.exited, state, task, container, code)


def stop_timeout_s(task: Task, container: Container) -> float:
    """The seconds between SIGTERM and SIGKILL: stopTimeout, on EC2 else the agent's
    ECS_CONTAINER_STOP_TIMEOUT, else 30.
    """
    asked = container.definition.get("stopTimeout")
    if asked is not None:
        return float(asked)
    return task.container_instance.stop_timeout_s if task.container_instance is not None else 30.0


def close(state: State, task: Task, container: Container) -> None:
    """The task is over: what has not ended or not even started is STOPPED."""
    state.clock.cancel(container.next_event)
    health_checks.end(state, container)
    if container.last_status == "RUNNING":
        state.surroundings.container_ended(task, container)
    container.last_status = "STOPPED"
    container.health_status = "UNKNOWN"
