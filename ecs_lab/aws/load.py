"""Load on services: what a learner says comes in, as the metrics that ECS sends to CloudWatch.

A service's load is given in all, and its running tasks share it: with more tasks each has less to
do. CPUUtilization and MemoryUtilization are what is used of what the tasks have reserved.
Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecs_lab.engine.model import Service, Task


@dataclass(slots=True, frozen=True)
class Load:
    """What all tasks of a service have to do together; `requests_per_minute` by its load
    balancer.
    """

    vcpus: float = 0.0
    memory_mib: float = 0.0
    requests_per_minute: float = 0.0


@dataclass(slots=True, frozen=True)
class Measured:
    """One value for CloudWatch."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    value: float


def measure(service: Service, load: Load) -> Iterator[Measured]:
    """The values of one minute; none while no task runs."""
    running = [each for each in service.tasks.values() if each.last_status == "RUNNING"]
    if not running:
        return
    where = {"ClusterName": service.cluster.name, "ServiceName": service.name}
    cpu = sum(_reserved_cpu(each) for each in running)
    memory = sum(_reserved_memory(each) for each in running)
    yield Measured("AWS/ECS", "CPUUtilization", where, _percent(load.vcpus * 1024, cpu, service))
    yield Measured(
        "AWS/ECS", "MemoryUtilization", where, _percent(load.memory_mib, memory, service)
    )
    for each in service.request.get("loadBalancers") or []:
        if each.get("targetGroupArn"):
            group = {"TargetGroup": each["targetGroupArn"].rpartition(":")[2]}
            value = load.requests_per_minute / len(running)
            yield Measured("AWS/ApplicationELB", "RequestCountPerTarget", group, value)


def _reserved_cpu(task: Task) -> int:
    return task.definition.needs.cpu_units


def _reserved_memory(task: Task) -> int:
    return task.definition.needs.memory_mib


def _percent(used: float, reserved: int, service: Service) -> float:
    """Used of reserved; a Fargate task cannot use more than it has, a container on an instance may
    use CPU that others leave.
    """
    if not reserved:
        return 0.0
    percent = used / reserved * 100
    return min(percent, 100.0) if service.launch_type == "FARGATE" else percent
