"""ECS Managed Instances: ECS launches EC2 instances for the tasks that wait, ends those that are
idle, and replaces each between its 14th and its 21st day.

Where a task goes is decided in `managed_placement`; the instances are EC2's (`managed_machines`).
What AWS calls consolidation of underutilized instances is not simulated.
Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-patching.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-infrastructure-optimization.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ecs_lab.engine import capacity, capacity_waiting, lifecycle, placement
from ecs_lab.engine.managed_machines import CannotLaunchError, Launch
from ecs_lab.engine.managed_placement import Place
from ecs_lab.engine.model import CapacityProvider, ContainerInstance, Machine, Tags, Task
from ecs_lab.engine.state import State

NEVER = -1
"""The scaleInAfter that turns infrastructure optimization off.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InfrastructureOptimization.html
"""


def machine_of(
    state: State, ec2_instance_id: str
) -> tuple[CapacityProvider, Machine] | tuple[None, None]:
    """The machine of an EC2 instance that ECS launched, with its provider."""
    for provider in state.capacity_providers.values():
        if ec2_instance_id in provider.machines:
            return provider, provider.machines[ec2_instance_id]
    return None, None


def propagated_tags(provider: CapacityProvider | None) -> Tags:
    """The tags of a provider that its instances get too, where its propagateTags says so.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance-details-tags-managed-instances.html
    """
    if provider is None or provider.settings.get("propagateTags") != "CAPACITY_PROVIDER":
        return []
    return list(provider.tags)


def heard(state: State, kind: str, thing: object, event_name: str) -> None:
    """Something has changed that a provider of Managed Instances may have to act on."""
    if kind == "container instance" and isinstance(thing, ContainerInstance):
        provider, machine = machine_of(state, thing.ec2_instance_id)
        if provider is not None and machine is not None:
            _instance_changed(state, provider, machine, thing)
    elif kind == "task" and isinstance(thing, Task) and thing.launch_type == "MANAGED_INSTANCES":
        _task_changed(state, thing)


def _instance_changed(
    state: State, provider: CapacityProvider, machine: Machine, instance: ContainerInstance
) -> None:
    if instance.status == "INACTIVE":
        provider.machines.pop(machine.id, None)
        state.surroundings.machines.terminate(machine.id)
    elif machine.instance is None:
        _arrived(state, provider, machine, instance)
    plan_soon(state, provider)


def _task_changed(state: State, task: Task) -> None:
    provider = state.capacity_providers.get(task.capacity_provider or "")
    if provider is None:
        return
    if task.waits_with is not None and not task.stopping:
        plan_soon(state, provider)
    elif task.last_status == "STOPPED":
        provider.unlucky.discard(task.id)
        if capacity_waiting.waiting_for(task.cluster, provider.name):
            plan_soon(state, provider)
        if task.container_instance is not None:
            machine = provider.machines.get(task.container_instance.ec2_instance_id)
            if machine is not None:
                _perhaps_idle(state, provider, machine)


# Tasks that wait


def plan_soon(state: State, provider: CapacityProvider) -> None:
    """Look for places for the provider's waiting tasks shortly; several reasons make one look."""
    if provider.next_plan is None and provider.status == "ACTIVE":
        after_s = state.durations["managed.reaction"]
        provider.next_plan = state.clock.schedule(after_s, _plan, state, provider)


def _plan(state: State, provider: CapacityProvider) -> None:
    """Give each waiting task that has none a place, the oldest first."""
    provider.next_plan = None
    cluster = state.find_cluster(provider.cluster_name)
    if cluster is None or provider.status != "ACTIVE":
        return
    booting = [each for each in provider.machines.values() if each.instance is None]
    served = {task_id for each in booting for task_id in each.expected.tasks}
    for task in capacity_waiting.waiting_for(cluster, provider.name):
        if task.id not in served:
            _serve(state, provider, task)


def _serve(state: State, provider: CapacityProvider, task: Task) -> None:
    order = task.waits_with
    if order is None:
        return
    place = Place(state, provider, task, order)
    for zone in place.zones():
        if (instance := place.there(zone)) is not None:
            capacity_waiting.take(state, task, instance, place.subnet_in(zone))
            return
        if (machine := place.booting(zone)) is not None:
            placement.reserve(machine.expected, task)
            return
        new = None if task.id in provider.unlucky else place.new(zone)
        if new is not None:
            _launch(state, provider, task, *new)
            return


def _launch(
    state: State,
    provider: CapacityProvider,
    task: Task,
    launch: Launch,
    expected: ContainerInstance,
) -> None:
    """Launch an instance for a task; where that may not be, the task fails to start.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
    """
    placement.reserve(expected, task)
    try:
        machine_id = state.surroundings.machines.launch(launch)
    except CannotLaunchError as error:
        lifecycle.stop(state, task, "TaskFailedToStart", str(error))
        return
    expected.id = expected.ec2_instance_id = machine_id  # what tells it from others that boot
    machine = Machine(machine_id, state.clock.now, expected)
    provider.machines[machine_id] = machine
    told = f"launched {launch.machine_type.name} in {expected.zone} for {provider.name}"
    state.note("instance", machine_id, machine_id, told)
    for key, what in _IN_THE_END:
        after_s = state.durations[key]
        state.clock.schedule(after_s, what, state, provider, machine, background=True)


def _arrived(
    state: State, provider: CapacityProvider, machine: Machine, instance: ContainerInstance
) -> None:
    """The machine has registered: the tasks it was launched for go onto it.

    One that finds no room after all is not launched for again, so that nothing goes on for ever.
    """
    machine.instance = instance
    for task in list(machine.expected.tasks.values()):
        order = task.waits_with
        if order is None or task.stopping:
            continue
        place = Place(state, provider, task, order)
        if place.fits(instance):
            capacity_waiting.take(state, task, instance, place.subnet_in(instance.zone))
        else:
            provider.unlucky.add(task.id)
    _perhaps_idle(state, provider, machine)


# Machines that go


def _perhaps_idle(state: State, provider: CapacityProvider, machine: Machine) -> None:
    """An instance without tasks is ended after a while, unless a new task comes; one that is being
    replaced, at once.
    """
    if machine.going or machine.instance is None or machine.instance.tasks:
        return
    state.clock.cancel(machine.idle_check)
    machine.idle_check = None
    if machine.retiring:
        _end(state, provider, machine)
        return
    after_s = idle_s(state, provider)
    if after_s != NEVER:
        machine.idle_check = state.clock.schedule(
            after_s, _still_idle, state, provider, machine, background=True
        )


def idle_s(state: State, provider: CapacityProvider) -> float:
    """How long an instance may be idle: the provider's scaleInAfter, or a typical time."""
    asked = (provider.settings.get("infrastructureOptimization") or {}).get("scaleInAfter")
    return float(state.durations["managed.idle"] if asked is None else asked)


def _still_idle(state: State, provider: CapacityProvider, machine: Machine) -> None:
    machine.idle_check = None
    if machine.instance is not None and not machine.instance.tasks:
        _end(state, provider, machine)


def _not_come(state: State, provider: CapacityProvider, machine: Machine) -> None:
    """A machine that has not registered for too long is given up."""
    if machine.instance is None:
        _end(state, provider, machine)


def _retire(state: State, provider: CapacityProvider, machine: Machine) -> None:
    """The 14th day has come: the instance drains, and ends when it is empty."""
    instance = machine.instance
    if machine.going or instance is None:
        return
    machine.retiring = True
    if instance.status == "ACTIVE":
        capacity.drain(state, instance)
    _perhaps_idle(state, provider, machine)


def _end(state: State, provider: CapacityProvider, machine: Machine) -> None:
    """Deregister and terminate a machine, whatever runs on it."""
    if machine.going or provider.machines.get(machine.id) is not machine:
        return
    machine.going = True
    instance = machine.instance
    if instance is None:
        provider.machines.pop(machine.id)
    else:
        what = f"{instance.status} -> DEREGISTERING"
        state.note("instance", instance.arn, machine.id, what)
        instance.status = "DEREGISTERING"
        state.tell("container instance", instance)
    state.surroundings.machines.terminate(machine.id)


_IN_THE_END: Sequence[tuple[str, Callable[[State, CapacityProvider, Machine], None]]] = (
    ("capacity.patience", _not_come),
    ("managed.lifetime", _retire),
    ("managed.deadline", _end),
)
"""What each machine has before it from its launch on, unless it is gone by then."""


def end_all(state: State, provider: CapacityProvider) -> None:
    """Terminate all instances of a provider that is deleted.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/getting-started-managed-instances-cli.html
    """
    for machine in list(provider.machines.values()):
        _end(state, provider, machine)
