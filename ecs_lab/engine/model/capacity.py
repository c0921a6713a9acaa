"""Clusters, their capacity providers and container instances."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecs_lab.engine.clock import Event
    from ecs_lab.engine.model.documents import Document, Tags
    from ecs_lab.engine.model.services import Service
    from ecs_lab.engine.model.tasks import Task


@dataclass(slots=True, eq=False)
class Cluster:
    """A named group of capacity, services and tasks in one Region."""

    name: str
    arn: str
    status: str = "ACTIVE"
    settings: list[dict[str, str]] = field(default_factory=list)
    configuration: Document | None = None
    service_connect_defaults: Document | None = None
    capacity_providers: list[str] = field(default_factory=list)
    default_strategy: list[Document] = field(default_factory=list)
    tags: Tags = field(default_factory=list)
    container_instances: dict[str, ContainerInstance] = field(default_factory=dict)
    departed: dict[str, ContainerInstance] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    running_tasks: int = 0
    pending_tasks: int = 0
    waiting: dict[str, Task] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class CapacityProvider:
    """Where tasks get their instances from: an Auto Scaling group, or EC2 by way of ECS itself.

    `settings` is the autoScalingGroupProvider of CreateCapacityProvider with its defaults, or the
    managedInstancesProvider; the latter belongs to the cluster `cluster_name`.
    """

    name: str
    arn: str
    settings: Document
    status: str = "ACTIVE"
    update_status: str | None = None
    update_reason: str | None = None
    tags: Tags = field(default_factory=list)
    low_minutes: int = 0
    scaled_out_at_s: float | None = None
    leaving: set[str] = field(default_factory=set)
    cluster_name: str | None = None
    machines: dict[str, Machine] = field(default_factory=dict)
    unlucky: set[str] = field(default_factory=set)
    next_plan: Event | None = None

    @property
    def managed(self) -> bool:
        """Whether it is one of ECS Managed Instances."""
        return self.cluster_name is not None

    @property
    def group_arn(self) -> str:
        """The ARN of the Auto Scaling group; empty for Managed Instances."""
        return str(self.settings.get("autoScalingGroupArn", ""))


@dataclass(slots=True, eq=False)
class Machine:
    """An EC2 instance that ECS launched for a provider of Managed Instances.

    `expected` is the container instance that it is to become, with the tasks it is launched for.
    """

    id: str
    launched_at_s: float
    expected: ContainerInstance
    instance: ContainerInstance | None = None
    retiring: bool = False
    going: bool = False
    idle_check: Event | None = None


@dataclass(slots=True, eq=False)
class ContainerInstance:
    """An EC2 instance (or external server) whose agent registered it with a cluster.

    `launch_type` is that of the tasks it takes.
    """

    id: str
    arn: str
    cluster: Cluster
    ec2_instance_id: str
    registered_at_s: float
    cpu_units: int
    memory_mib: int
    gpus: int
    reserved_tcp: frozenset[int]
    reserved_udp: frozenset[int]
    interface_slots: int
    attributes: dict[str, str | None]
    version_info: Document
    launch_type: str = "EC2"
    stop_timeout_s: float = 30.0
    capacity_provider: str | None = None
    status: str = "ACTIVE"
    agent_connected: bool = True
    version: int = 1
    tags: Tags = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    used_cpu: int = 0
    used_memory: int = 0
    used_gpus: int = 0
    used_tcp: set[int] = field(default_factory=set)
    used_udp: set[int] = field(default_factory=set)
    used_interfaces: int = 0
    fixed_ports: int = 0
    dynamic_tcp: int = 0
    dynamic_udp: int = 0
    last_dynamic_port: int = 32767

    @property
    def free_cpu(self) -> int:
        """CPU units that no task has reserved."""
        return self.cpu_units - self.used_cpu

    @property
    def free_memory(self) -> int:
        """MiB that no task has reserved."""
        return self.memory_mib - self.used_memory

    @property
    def zone(self) -> str:
        """The Availability Zone, from the attribute that the agent announces."""
        return self.attributes.get("ecs.availability-zone") or ""
