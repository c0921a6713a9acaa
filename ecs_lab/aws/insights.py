"""Container Insights: a cluster's counts and reservations in CloudWatch, once a minute.

Only while a cluster has the setting on is there a tick at all, and it is in the background.
What containers really use (CpuUtilized, MemoryUtilized, network, storage) is not here, nor are the
performance logs that AWS draws these metrics from.
Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ecs_lab.aws import metric_data
from ecs_lab.engine.model import Cluster, Service, Task

if TYPE_CHECKING:
    from ecs_lab.aws.world import World
    from ecs_lab.engine.state import State

NAMESPACE = "ECS/ContainerInsights"
PERIOD_S = 60.0
ON = ("enabled", "enhanced")


class Measure(NamedTuple):
    """One value of one metric: for a cluster, or for a service or a task family in it."""

    name: str
    value: float
    unit: str
    of: tuple[str, str] | None = None


class Insights:
    """The minute ticks of one world's Regions."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ticking: set[str] = set()

    def observe(self, state: State, kind: str, thing: object, event_name: str) -> None:
        """Hear of a cluster whose settings are new: the ticks begin with the first that is on."""
        if kind == "cluster" and isinstance(thing, Cluster) and _on(thing):
            self._begin(state.region)

    def _begin(self, region: str) -> None:
        if region not in self._ticking:
            self._ticking.add(region)
            delay_s = PERIOD_S - self._world.now() % PERIOD_S
            self._world.clock.schedule(delay_s, self._tick, region, background=True)

    def _tick(self, region: str) -> None:
        self._ticking.discard(region)
        state = self._world.ecs_in(region).state
        clusters = [each for each in state.clusters.values() if _on(each)]
        if not clusters:
            return
        for cluster in clusters:
            for measure in measures(cluster):
                _put(state, self._world.now(), cluster, measure)
        self._begin(region)


def _on(cluster: Cluster) -> bool:
    return cluster.status == "ACTIVE" and any(each["value"] in ON for each in cluster.settings)


def _put(state: State, at_s: float, cluster: Cluster, measure: Measure) -> None:
    dimensions = {"ClusterName": cluster.name}
    if measure.of is not None:
        dimensions[measure.of[0]] = measure.of[1]
    metric_data.add(
        state.account_id,
        state.region,
        at_s,
        NAMESPACE,
        measure.name,
        measure.value,
        dimensions,
        measure.unit,
    )


def measures(cluster: Cluster) -> Iterator[Measure]:
    """All that is measured of a cluster at one moment."""
    services = [each for each in cluster.services.values() if each.status != "INACTIVE"]
    running = [each for each in cluster.tasks.values() if each.last_status == "RUNNING"]
    yield Measure("ContainerInstanceCount", len(cluster.container_instances), "Count")
    yield Measure("ServiceCount", len(services), "Count")
    yield Measure("TaskCount", len(running), "Count")
    yield from _reserved(running, None)
    for service in services:
        yield from _of_service(service)
    families: dict[str, list[Task]] = {}
    for task in running:
        families.setdefault(task.definition.family, []).append(task)
    for family, tasks in families.items():
        yield from _reserved(tasks, ("TaskDefinitionFamily", family))


def _of_service(service: Service) -> Iterator[Measure]:
    of = ("ServiceName", service.name)
    to_run = [each for each in service.tasks.values() if not each.stopping]
    running = [each for each in to_run if each.last_status == "RUNNING"]
    yield Measure("DesiredTaskCount", service.desired_count, "Count", of)
    yield Measure("RunningTaskCount", len(running), "Count", of)
    yield Measure("PendingTaskCount", len(to_run) - len(running), "Count", of)
    yield Measure("DeploymentCount", len(service.deployments), "Count", of)
    yield from _reserved(running, of)


def _reserved(tasks: Iterable[Task], of: tuple[str, str] | None) -> Iterator[Measure]:
    """What the tasks have reserved; nothing is reported where no task has a reservation."""
    needs = [each.definition.needs for each in tasks]
    if any(each.cpu_units for each in needs):
        yield Measure("CpuReserved", sum(each.cpu_units for each in needs), "None", of)
    if any(each.memory_mib for each in needs):
        yield Measure("MemoryReserved", sum(each.memory_mib for each in needs), "Megabytes", of)
