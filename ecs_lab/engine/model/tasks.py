"""Task definitions, tasks and their containers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecs_lab.engine.clock import Event
    from ecs_lab.engine.launch import Order
    from ecs_lab.engine.model.capacity import Cluster, ContainerInstance
    from ecs_lab.engine.model.documents import Document, Tags
    from ecs_lab.engine.model.services import Deployment, Service
    from ecs_lab.engine.surroundings import NetworkInterface, Target


@dataclass(slots=True, frozen=True)
class Needs:
    """What one task of a task definition takes from its container instance."""

    cpu_units: int
    memory_mib: int
    gpus: int
    tcp_ports: frozenset[int]
    udp_ports: frozenset[int]
    network_interfaces: int
    attributes: frozenset[str]
    dynamic_tcp: int = 0
    dynamic_udp: int = 0


@dataclass(slots=True, eq=False)
class TaskDefinition:
    """One revision of a family: the blueprint of a task. `document` is what DescribeTaskDefinition
    shows of it.
    """

    family: str
    revision: int
    arn: str
    document: Document
    needs: Needs
    registered_at_s: float
    registered_by: str
    status: str = "ACTIVE"
    deregistered_at_s: float | None = None
    tags: Tags = field(default_factory=list)

    @property
    def network_mode(self) -> str:
        """bridge, host, awsvpc or none."""
        return str(self.document.get("networkMode", "bridge"))

    @property
    def containers(self) -> list[Document]:
        """The container definitions."""
        return list(self.document["containerDefinitions"])

    def supports(self, launch_type: str) -> bool:
        """Whether tasks of this definition may run with the launch type."""
        return launch_type in self.document["compatibilities"]


@dataclass(slots=True, eq=False)
class Container:
    """One container of a task."""

    arn: str
    definition: Document
    last_status: str = "PENDING"
    runtime_id: str | None = None
    image_digest: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    health_status: str = "UNKNOWN"
    network_bindings: list[dict[str, Any]] = field(default_factory=list)
    started_at_s: float | None = None
    restarts: int = 0
    sigterm_code: int | None = None
    signalled: bool = False
    failed_checks: int = 0
    next_check: Event | None = None
    next_event: Event | None = None

    @property
    def name(self) -> str:
        """The container's name, as its dependants and overrides call it."""
        return str(self.definition["name"])

    @property
    def essential(self) -> bool:
        """Whether the task ends when this container does."""
        return bool(self.definition.get("essential", True))


@dataclass(slots=True, eq=False)
class ManagedVolume:
    """The EBS volume that ECS makes for one task, as one of volumeConfigurations asks for it."""

    attachment_id: str
    configuration: Document
    delete_on_termination: bool
    status: str = "CREATED"
    status_reason: str | None = None
    volume_id: str | None = None

    @property
    def ebs(self) -> Document:
        """The managedEBSVolume of the configuration."""
        return dict(self.configuration["managedEBSVolume"])


@dataclass(slots=True, eq=False)
class Task:
    """A running (or lately stopped) copy of a task definition."""

    id: str
    arn: str
    cluster: Cluster
    definition: TaskDefinition
    launch_type: str
    group: str
    created_at_s: float
    containers: list[Container]
    overrides: Document
    network: Document | None = None
    started_by: str | None = None
    service: Service | None = None
    deployment: Deployment | None = None
    container_instance: ContainerInstance | None = None
    capacity_provider: str | None = None
    waits_with: Order | None = None
    platform_version: str | None = None
    zone: str | None = None
    subnet_id: str | None = None
    attachment_id: str | None = None
    interface: NetworkInterface | None = None
    volume: ManagedVolume | None = None
    execute_command: bool = False
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    version: int = 1
    tags: Tags = field(default_factory=list)
    pull_started_at_s: float | None = None
    pull_stopped_at_s: float | None = None
    started_at_s: float | None = None
    connected_at_s: float | None = None
    stopping_at_s: float | None = None
    execution_stopped_at_s: float | None = None
    stopped_at_s: float | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    protected_until_s: float | None = None
    exec_agent_at_s: float | None = None
    targets: list[Target] = field(default_factory=list)
    registries: dict[str, dict[str, str]] = field(default_factory=dict)
    next_event: Event | None = None
    unheard: list[tuple[Callable[..., Any], tuple[Any, ...]]] = field(default_factory=list)

    @property
    def stopping(self) -> bool:
        """Whether the task has been told to stop or has stopped."""
        return self.desired_status == "STOPPED"

    @property
    def health_status(self) -> str:
        """HEALTHY, UNHEALTHY or UNKNOWN: the worst of the essential containers.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
        """
        found = {c.health_status for c in self.containers if c.essential}
        return next((status for status in ("UNHEALTHY", "UNKNOWN") if status in found), "HEALTHY")
