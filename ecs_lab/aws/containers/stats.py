"""What a container is told of its use of CPU, memory and network: Docker's statistics, in part.

Source: https://docs.docker.com/reference/api/engine/version/v1.30/#tag/Container/operation/ContainerStats
"""

from __future__ import annotations

from typing import Any

from ecs_lab.aws.containers.agent_environment import docker_id
from ecs_lab.aws.containers.replies import timestamp
from ecs_lab.engine.model import Container, Task
from ecs_lab.runtime.inside import Inside

MIB = 2**20
NANOSECONDS = 10**9
MEASURED_EVERY_S = 10.0


def container_stats(task: Task, container: Container, inside: Inside, now_s: float) -> Any:
    """The statistics of one container."""
    began_s = container.started_at_s or now_s
    read, preread = now_s - began_s, max(0.0, now_s - began_s - MEASURED_EVERY_S)
    limit = container.definition.get("memory")
    shown = {
        "read": timestamp(began_s + read),
        "preread": timestamp(began_s + preread),
        "cpu_stats": _cpu(inside.vcpus, read),
        "precpu_stats": _cpu(inside.vcpus, preread),
        "memory_stats": {
            "usage": int(inside.memory_mib * MIB),
            "limit": int(limit) * MIB if limit else 2**63 - 1,
        },
        "name": container.name,
        "id": container.runtime_id if task.launch_type == "FARGATE" else docker_id(container),
    }
    if task.interface is not None:
        nothing = dict.fromkeys(("rx_bytes", "rx_packets", "tx_bytes", "tx_packets"), 0)
        shown["networks"] = {"eth1": nothing}
        shown["network_rate_stats"] = {"rx_bytes_per_sec": 0.0, "tx_bytes_per_sec": 0.0}
    return shown


def _cpu(vcpus: float, seconds: float) -> dict[str, Any]:
    used = int(vcpus * seconds * NANOSECONDS)
    return {
        "cpu_usage": {"total_usage": used, "usage_in_usermode": used, "usage_in_kernelmode": 0},
        "system_cpu_usage": int(seconds * NANOSECONDS),
        "online_cpus": max(1, round(vcpus)),
    }
