"""The life of a task, from PROVISIONING to STOPPED.

PROVISIONING -> PENDING -> ACTIVATING -> RUNNING -> DEACTIVATING -> STOPPING -> DEPROVISIONING ->
STOPPED

A task without a network interface of its own (bridge, host and none) skips PROVISIONING and
DEPROVISIONING, because nothing has to be made or taken away for it.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

from __future__ import annotations

from ecs_lab.engine import (
    agent_away,
    containers,
    load_balancing,
    managed_agents,
    service_connect,
    service_registries,
)
from ecs_lab.engine.model import Container, Task
from ecs_lab.engine.placement import release
from ecs_lab.engine.state import State
from ecs_lab.engine.surroundings import CannotStartError


def begin(state: State, task: Task) -> None:
    """Let a new task start: its first state, and the time at which the next one is due."""
    task.cluster.tasks[task.id] = task
    task.cluster.pending_tasks += 1
    awsvpc = task.definition.network_mode == "awsvpc"
    first = "PROVISIONING" if awsvpc or task.waits_with is not None else "PENDING"
    task.last_status = first
    state.note("task", task.arn, task.definition.family, first)
    state.tell("task", task)
    if task.waits_with is None:
        _proceed(state, task)


def placed(state: State, task: Task) -> None:
    """A task that waited for capacity has found its container instance, and goes on."""
    task.waits_with = None
    if task.definition.network_mode != "awsvpc":
        move(state, task, "PENDING")
    _proceed(state, task)


def _proceed(state: State, task: Task) -> None:
    after = _provisioned if task.last_status == "PROVISIONING" else _pending_over
    after_s = _duration(state, task, task.last_status)
    task.next_event = state.clock.schedule(after_s, after, state, task)


def _provisioned(state: State, task: Task) -> None:
    """The network interface is made; the agent (or Fargate) takes the task next."""
    assert task.subnet_id is not None
    try:
        task.interface = state.surroundings.attach_network_interface(task, task.subnet_id)
    except CannotStartError as error:
        stop(state, task, "TaskFailedToStart", str(error))
        return
    move(state, task, "PENDING")
    task.next_event = state.clock.schedule(
        _duration(state, task, "PENDING"), _pending_over, state, task
    )


def _pending_over(state: State, task: Task) -> None:
    """The task has its place and is activated: images are pulled."""
    if agent_away.waits(task, _pending_over):
        return
    task.connected_at_s = task.pull_started_at_s = state.clock.now
    move(state, task, "ACTIVATING")
    task.next_event = state.clock.schedule(
        _duration(state, task, "ACTIVATING"), _activated, state, task
    )


def _activated(state: State, task: Task) -> None:
    """Secrets, volumes and images are there (or not), and the containers start in the order that
    dependsOn gives.
    """
    if agent_away.waits(task, _activated):
        return
    try:
        state.surroundings.prepare_task(task)
        containers.pull(state, task)
    except CannotStartError as error:
        _cannot_start(state, task, error)
        return
    task.pull_stopped_at_s = state.clock.now
    _go_on(state, task)


def _cannot_start(state: State, task: Task, error: CannotStartError) -> None:
    """The task stops once what it needs has been tried in vain for as long as it is tried."""
    reason = str(error)
    if error.container is not None:
        error.container.reason, reason = reason, "Task failed to start"
    if not error.after:
        stop(state, task, "TaskFailedToStart", reason)
        return
    state.clock.cancel(task.next_event)
    task.next_event = state.clock.schedule(
        state.durations[error.after], stop, state, task, "TaskFailedToStart", reason
    )


def _go_on(state: State, task: Task) -> None:
    """Start the containers that have become ready; the task is RUNNING once each of them has been
    started.
    """
    try:
        containers.start_ready(state, task, _hooks())
    except CannotStartError as error:
        _cannot_start(state, task, error)
        return
    if not task.stopping:
        _give_up(state, task, containers.waiting_in_vain(task))
    started = all(each.last_status != "PENDING" for each in task.containers)
    if task.last_status == "ACTIVATING" and started and not task.stopping:
        task.next_event = None
        task.started_at_s = state.clock.now
        task.cluster.pending_tasks -= 1
        task.cluster.running_tasks += 1
        load_balancing.register(state, task)
        service_registries.register(state, task)
        service_connect.register(state, task)
        move(state, task, "RUNNING")
        managed_agents.start(state, task)


def _exited(state: State, task: Task, container: Container, exit_code: int) -> None:
    """A container's process has ended: dependants may start, or the whole task ends with an
    essential one.
    """
    if agent_away.waits(task, _exited, container, exit_code):
        return
    containers.ended(state, task, container, exit_code)
    if task.stopping:
        if task.last_status == "STOPPING":
            _stop_containers(state, task)
        return
    if containers.restart(state, task, container, _hooks()):
        return
    if container.essential:
        stop(state, task, "EssentialContainerExited", "Essential container in task exited")
    else:
        _go_on(state, task)


def _ends(
    state: State, task: Task, container: Container, exit_code: int, reason: str | None
) -> None:
    """A container's process ends by what happens inside it, such as too much memory."""
    if container.last_status == "RUNNING":
        container.reason = reason
        _exited(state, task, container, exit_code)


def kill(state: State, task: Task) -> None:
    """SIGKILL for every container that runs, as when the host restarts."""
    for container in task.containers:
        state.clock.cancel(container.next_event)
        _ends(state, task, container, containers.KILLED, None)


def _health_changed(state: State, task: Task, container: Container) -> None:
    """A container is HEALTHY or UNHEALTHY now: dependants may start, and the scheduler looks at
    the service. A standalone task goes on whatever its health.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    """
    if task.stopping:
        return
    task.version += 1
    _go_on(state, task)
    state.tell("task", task)
    service_registries.health_changed(state, task)
    load_balancing.target_changed(state, task)


def _too_late(state: State, task: Task, container: Container) -> None:
    """A container's startTimeout is over: one that still waits for it gives up."""
    if agent_away.waits(task, _too_late, container):
        return
    if not task.stopping:
        _give_up(state, task, containers.waiting_in_vain(task, container))


def _give_up(state: State, task: Task, container: Container | None) -> None:
    """A container waits in vain for another: an essential one takes the task with it."""
    if container is None:
        return
    containers.give_up(task, container)
    if container.essential:
        stop(state, task, "TaskFailedToStart", "Task failed to start")
    else:
        _go_on(state, task)


def _hooks() -> containers.Hooks:
    return containers.Hooks(_exited, _health_changed, _too_late, _ends)


def stop(state: State, task: Task, code: str, reason: str) -> None:
    """Tell a task to stop, with its stopCode and stoppedReason; one that is stopping already keeps
    its first reason.
    """
    if task.stopping:
        return
    state.clock.cancel(task.next_event)
    task.unheard = [each for each in task.unheard if each[0] is _exited]
    task.desired_status = "STOPPED"
    task.stop_code, task.stopped_reason = code, reason
    task.stopping_at_s = state.clock.now
    if code == "SpotInterruption":
        state.tell("task", task)  # the two-minute warning: still RUNNING, to be STOPPED
    if task.last_status == "RUNNING":
        task.cluster.running_tasks -= 1
        move(state, task, "DEACTIVATING")
        drained_s = load_balancing.deregister(state, task)
        service_registries.deregister(state, task)
        # A container that has ended has no connections left to wait for.
        wait_s = 0.0 if code == "EssentialContainerExited" else drained_s
        after_s = max(state.durations["task.DEACTIVATING"], wait_s)
    else:
        task.cluster.pending_tasks -= 1
        after_s = 0.0
    task.next_event = state.clock.schedule(after_s, _deactivated, state, task)
    state.task_changed(state, task)


def _deactivated(state: State, task: Task) -> None:
    """The containers get their stop signal."""
    if agent_away.waits(task, _deactivated):
        return
    task.next_event = None
    move(state, task, "STOPPING")
    _stop_containers(state, task)


def _stop_containers(state: State, task: Task) -> None:
    """Send the stop signal to those whose turn it is, until all have ended."""
    if any(each.last_status == "RUNNING" for each in task.containers):
        containers.send_stop_signal(state, task, _hooks())
    else:
        _containers_stopped(state, task)


def _containers_stopped(state: State, task: Task) -> None:
    """All containers have ended; the network interface, if there is one, is taken away next."""
    for container in task.containers:
        containers.close(state, task, container)
    task.execution_stopped_at_s = state.clock.now
    if task.interface is None:
        end(state, task)
        return
    move(state, task, "DEPROVISIONING")
    task.next_event = state.clock.schedule(
        _duration(state, task, "DEPROVISIONING"), end, state, task
    )


def end(state: State, task: Task) -> None:
    """The task is STOPPED: what it held is free, and it can still be described for an hour."""
    state.clock.cancel(task.next_event)
    task.next_event = None
    for container in task.containers:
        containers.close(state, task, container)
    if task.interface is not None:
        state.surroundings.detach_network_interface(task.interface)
    if task.container_instance is not None:
        release(task.container_instance, task)
    state.surroundings.task_ended(task)
    task.stopped_at_s = state.clock.now
    if task.execution_stopped_at_s is None:
        task.execution_stopped_at_s = state.clock.now
    move(state, task, "STOPPED")
    state.clock.schedule(state.durations["task.remembered"], _forget, state, task, background=True)


def lose(state: State, task: Task, reason: str) -> None:
    """The machine under a task is gone: the task ends at once, with no time to say goodbye.

    AWS gives stopCode TerminationNotice or InfrastructureHealth to tasks that lose their host; its
    guide does not say which of the two an EC2 instance that is terminated gives, so none is set
    here.
    """
    if not task.stopping:
        if task.last_status == "RUNNING":
            task.cluster.running_tasks -= 1
        else:
            task.cluster.pending_tasks -= 1
        task.desired_status = "STOPPED"
        task.stopped_reason = reason
        task.stopping_at_s = state.clock.now
    load_balancing.deregister(state, task)
    service_registries.deregister(state, task)
    end(state, task)  # no agent is left to tell an exit code


def move(state: State, task: Task, status: str) -> None:
    """Put the task into its next state, and tell those who watch it."""
    state.note("task", task.arn, task.definition.family, f"{task.last_status} -> {status}")
    task.last_status = status
    task.version += 1
    state.task_changed(state, task)
    state.tell("task", task)


def _forget(state: State, task: Task) -> None:
    task.cluster.tasks.pop(task.id, None)


def _duration(state: State, task: Task, status: str) -> float:
    where = "fargate" if task.launch_type == "FARGATE" else "ec2"
    return state.durations[f"{where}.{status}"]
