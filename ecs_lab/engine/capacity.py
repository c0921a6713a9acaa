"""Cluster auto scaling: once a minute each capacity provider with managed scaling is measured, and
its Auto Scaling group grows or shrinks.

The numbers are made in `capacity_scaling`; the group itself is EC2's (`auto_scaling_groups`).
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ecs_lab.engine import capacity_scaling, capacity_waiting, scheduler
from ecs_lab.engine.auto_scaling_groups import Group
from ecs_lab.engine.capacity_scaling import ManagedScaling
from ecs_lab.engine.model import CapacityProvider, Cluster, ContainerInstance, Task
from ecs_lab.engine.state import State

NAMESPACE = "AWS/ECS/ManagedScaling"
METRIC = "CapacityProviderReservation"


def associated(state: State, cluster: Cluster) -> None:
    """The cluster has been given capacity providers: their instances are known as theirs, and
    scaling begins.
    """
    for instance in cluster.container_instances.values():
        _belong(state, instance)
    _look_later(state)


def heard(state: State, kind: str, thing: object, event_name: str) -> None:
    """Something has changed that may make room for tasks that wait, or end an instance's
    draining.
    """
    if kind == "container instance" and isinstance(thing, ContainerInstance):
        _belong(state, thing)
        if thing.cluster.waiting:
            capacity_waiting.place(state, thing.cluster)
    elif kind == "task" and isinstance(thing, Task):
        waits = thing.waits_with is not None and not thing.stopping
        if waits and thing.launch_type == "EC2":
            _look_later(state, hopeful=True)
        elif thing.last_status == "STOPPED":
            _room_made(state, thing)


def _room_made(state: State, task: Task) -> None:
    if task.cluster.waiting:
        capacity_waiting.place(state, task.cluster)
    instance = task.container_instance
    if instance is None or instance.tasks:
        return
    provider = state.capacity_providers.get(instance.capacity_provider or "")
    if provider is None or instance.ec2_instance_id not in provider.leaving:
        return
    provider.leaving.discard(instance.ec2_instance_id)
    group = state.surroundings.groups.find(provider.group_arn)
    if group is not None and instance.ec2_instance_id in group.instance_ids:
        state.surroundings.groups.terminate(group.arn, [instance.ec2_instance_id])


def _belong(state: State, instance: ContainerInstance) -> None:
    """An instance of an Auto Scaling group is its provider's, if that is the cluster's; one whose
    provider was deleted can be another's.
    """
    former = state.capacity_providers.get(instance.capacity_provider or "")
    if former is not None and former.status != "INACTIVE":
        return
    for name in instance.cluster.capacity_providers:
        provider = state.capacity_providers.get(name)
        if provider is not None and provider.status == "ACTIVE":
            group = state.surroundings.groups.find(provider.group_arn)
            if group is not None and instance.ec2_instance_id in group.instance_ids:
                instance.capacity_provider = name


def scaling_of(provider: CapacityProvider) -> ManagedScaling:
    """The provider's managed scaling settings."""
    settings = provider.settings["managedScaling"]
    return ManagedScaling(
        enabled=settings["status"] == "ENABLED",
        target_capacity=settings["targetCapacity"],
        minimum_step=settings["minimumScalingStepSize"],
        maximum_step=settings["maximumScalingStepSize"],
        warm_up_s=settings["instanceWarmupPeriod"],
    )


def _managed(state: State) -> Iterator[tuple[Cluster, CapacityProvider, Group]]:
    for cluster in list(state.clusters.values()):
        for name in cluster.capacity_providers if cluster.status == "ACTIVE" else ():
            provider = state.capacity_providers.get(name)
            if provider is not None and not provider.managed and scaling_of(provider).enabled:
                group = state.surroundings.groups.find(provider.group_arn)
                if group is not None:
                    yield cluster, provider, group


def _look_later(state: State, *, hopeful: bool = False) -> None:
    """Have everything measured at the next minute; `settle` waits for it where it gives hope."""
    planned = state.capacity_look
    if planned is not None and (planned.background is False or not hopeful):
        return
    delay_s = state.durations["capacity.minute"]
    if planned is not None:
        delay_s = planned.at_s - state.clock.now
        state.clock.cancel(planned)
    state.capacity_look = state.clock.schedule(delay_s, look, state, background=not hopeful)


def look(state: State) -> None:
    """Measure and scale every provider with managed scaling; again in a minute."""
    state.capacity_look = None
    for cluster, provider, group in _managed(state):
        _scale(state, cluster, provider, group)
    found = list(_managed(state))
    if found:
        _look_later(state, hopeful=any(_hopeful(*each) for each in found))


def _hopeful(cluster: Cluster, provider: CapacityProvider, group: Group) -> bool:
    """Whether waiting tasks may still get the instances they wait for."""
    if not capacity_waiting.waiting_for(cluster, provider.name):
        return False
    return group.desired < group.max_size or len(_members(cluster, provider, group)) < group.desired


def _members(
    cluster: Cluster, provider: CapacityProvider, group: Group
) -> dict[str, ContainerInstance]:
    """The provider's container instances that are to stay, by the id of their EC2 instance."""
    return {
        each.ec2_instance_id: each
        for each in cluster.container_instances.values()
        if each.capacity_provider == provider.name
        and each.ec2_instance_id in group.instance_ids
        and each.ec2_instance_id not in provider.leaving
    }


def _scale(state: State, cluster: Cluster, provider: CapacityProvider, group: Group) -> None:
    settings = scaling_of(provider)
    members = _members(cluster, provider, group)
    busy = [ec2_id for ec2_id, each in members.items() if _busy(each)]
    waiting = [
        each.definition.needs for each in capacity_waiting.waiting_for(cluster, provider.name)
    ]
    needed = len(busy) + capacity_scaling.instances_for(waiting, group.room)
    running = group.desired - len(provider.leaving)
    value = capacity_scaling.reservation(needed, running)
    dimensions = {"ClusterName": cluster.name, "CapacityProviderName": provider.name}
    state.surroundings.record_metric(NAMESPACE, METRIC, dimensions, value)
    if provider.settings["managedTerminationProtection"] == "ENABLED":
        state.surroundings.groups.protect(group.arn, busy)
    provider.low_minutes = provider.low_minutes + 1 if value < settings.target_capacity else 0
    if value > settings.target_capacity:
        _grow(state, cluster, provider, group, needed)
    elif provider.low_minutes >= capacity_scaling.SCALE_IN_MINUTES and not _warming(
        state, provider, settings
    ):
        _shrink(state, cluster, provider, group, needed)


def _busy(instance: ContainerInstance) -> bool:
    """Whether it has tasks that count: those of DAEMON services do not."""
    return any(
        each.service is None or each.service.request.get("schedulingStrategy") != "DAEMON"
        for each in instance.tasks.values()
    )


def _warming(state: State, provider: CapacityProvider, settings: ManagedScaling) -> bool:
    """Whether instances of the last scale-out have not been there long enough to be judged."""
    since_s = provider.scaled_out_at_s
    return since_s is not None and state.clock.now < since_s + settings.warm_up_s


def _grow(
    state: State, cluster: Cluster, provider: CapacityProvider, group: Group, needed: int
) -> None:
    running = group.desired - len(provider.leaving)
    goal = capacity_scaling.scale_out(needed, running, scaling_of(provider))
    desired = min(goal + len(provider.leaving), group.max_size)
    if desired > group.desired:
        _note(state, cluster, provider, group.desired, desired)
        provider.scaled_out_at_s = state.clock.now
        state.surroundings.groups.resize(group.arn, desired)


def _shrink(
    state: State, cluster: Cluster, provider: CapacityProvider, group: Group, needed: int
) -> None:
    """Let instances go, oldest first: with managed termination protection only those without
    tasks; with managed draining the others once their tasks have moved away.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html
    """
    running = group.desired - len(provider.leaving)
    goal = capacity_scaling.scale_in(needed, running, scaling_of(provider))
    surplus = running - max(goal, group.min_size)
    members = _members(cluster, provider, group)
    protected = provider.settings["managedTerminationProtection"] == "ENABLED"
    free = [
        each
        for each in group.instance_ids
        if each not in provider.leaving
        and not (protected and each in members and _busy(members[each]))
    ]
    going = free[: max(0, surplus)]
    if not going:
        return
    _note(state, cluster, provider, running, running - len(going))
    drains = provider.settings["managedDraining"] == "ENABLED"
    slow = [each for each in going if drains and each in members and members[each].tasks]
    for each in slow:
        provider.leaving.add(each)
        drain(state, members[each])
    quick = [each for each in going if each not in slow]
    if quick:
        state.surroundings.groups.terminate(group.arn, quick)


def drain(state: State, instance: ContainerInstance) -> None:
    """Put an instance into DRAINING, as UpdateContainerInstancesState does."""
    what = f"{instance.status} -> DRAINING"
    state.note("instance", instance.arn, instance.ec2_instance_id, what)
    instance.status = "DRAINING"
    state.tell("container instance", instance)
    for service in instance.cluster.services.values():
        scheduler.look_soon(state, service)


def _note(
    state: State, cluster: Cluster, provider: CapacityProvider, before: int, after: int
) -> None:
    what = f"capacity provider {provider.name}: desired capacity {before} -> {after}"
    state.note("cluster", cluster.arn, cluster.name, what)
