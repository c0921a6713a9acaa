"""Tasks in PROVISIONING that wait for a capacity provider to bring instances.

A task whose provider has managed scaling and no room does not fail: it waits, up to 500 of a
cluster at a time, and is placed as soon as an instance can take it.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
"""

from __future__ import annotations

from ecs_lab.engine import lifecycle, placement
from ecs_lab.engine.capacity_scaling import MOST_WAITING
from ecs_lab.engine.errors import ClientException
from ecs_lab.engine.model import CapacityProvider, Cluster, ContainerInstance, Task
from ecs_lab.engine.order import Chooser, Order
from ecs_lab.engine.state import State


def scales(provider: CapacityProvider) -> bool:
    """Whether ECS brings instances by itself: managed scaling of a group, or Managed Instances."""
    return provider.managed or bool(provider.settings["managedScaling"]["status"] == "ENABLED")


def room(state: State, order: Order) -> int:
    """How many tasks of the order may wait: none without managed scaling."""
    provider = state.capacity_providers.get(order.provider or "")
    if provider is None or not scales(provider):
        return 0
    return MOST_WAITING - len(order.cluster.waiting)


def check(state: State, order: Order) -> None:
    """Refuse a RunTask whose tasks would wait when the cluster has 500 waiting tasks already.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    names = [each["capacityProvider"] for each in order.strategy]
    managed = [state.capacity_providers[each] for each in names if each in state.capacity_providers]
    if any(scales(each) for each in managed) and len(order.cluster.waiting) >= MOST_WAITING:
        raise ClientException(
            f"The cluster already has {MOST_WAITING} tasks in the PROVISIONING state, which is "
            "the most that can wait for capacity."
        )


def begin(state: State, task: Task) -> None:
    """A task begins to wait; it fails when it has found no place for too long."""
    task.cluster.waiting[task.id] = task
    state.clock.schedule(
        state.durations["capacity.patience"], _out_of_patience, state, task, background=True
    )


def waiting_for(cluster: Cluster, provider_name: str) -> list[Task]:
    """The tasks of a cluster that wait for the provider."""
    return [
        each
        for each in cluster.waiting.values()
        if each.capacity_provider == provider_name and not each.stopping
    ]


def place(state: State, cluster: Cluster) -> None:
    """Put every waiting task that now finds an instance onto it, the oldest first.

    Those of Managed Instances are not looked at: `managed_instances` plans for them.
    """
    choosers: dict[int, Chooser] = {}
    full: set[int] = set()
    for task in list(cluster.waiting.values()):
        order = task.waits_with
        if order is None or task.stopping:
            cluster.waiting.pop(task.id, None)
            continue
        if id(order) in full or order.launch_type == "MANAGED_INSTANCES":
            continue
        chooser = choosers.get(id(order)) or Chooser(state, order)
        choosers[id(order)] = chooser
        instance, _ = chooser.next()
        if instance is None:
            full.add(id(order))
        else:
            take(state, task, instance, chooser.subnets.get(instance.zone))


def take(state: State, task: Task, instance: ContainerInstance, subnet_id: str | None) -> None:
    """A task has found its instance, and with awsvpc the subnet of its network interface."""
    del task.cluster.waiting[task.id]
    task.container_instance, task.zone = instance, instance.zone
    if task.definition.network_mode == "awsvpc":
        task.subnet_id = subnet_id
    placement.reserve(instance, task)
    lifecycle.placed(state, task)


def _out_of_patience(state: State, task: Task) -> None:
    """The task has waited in vain: it stops, with the reason that DescribeTasks shows.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
    """
    order = task.waits_with
    if order is None or task.stopping:
        return
    _, refusals = Chooser(state, order).next()
    there = task.cluster.container_instances.values()
    own = [each for each in there if each.capacity_provider == order.provider]
    empty = "NO ACTIVE INSTANCES" if own else "EMPTY CAPACITY PROVIDER"
    lifecycle.stop(state, task, "TaskFailedToStart", refusals[0].reason if refusals else empty)
