"""The things that live in ECS, as dataclasses: what the simulation knows about each of them.

Documents that a caller writes (container definitions, network configuration, placement rules) stay
as AWS's own dictionaries in camelCase; everything that changes as time passes is a field here.
`shapes.py` turns these into the answers of the API.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ecs_lab.engine.clock import Event
from ecs_lab.engine.surroundings import NetworkInterface, Target

if TYPE_CHECKING:
    from ecs_lab.engine.launch import Order

Document = Mapping[str, Any]
Tags = list[dict[str, str]]


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
    services: dict[str, Service] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    running_tasks: int = 0
    pending_tasks: int = 0
    waiting: dict[str, Task] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class CapacityProvider:
    """An Auto Scaling group as ECS sees it: where tasks get their instances from.

    `settings` is the autoScalingGroupProvider of CreateCapacityProvider with its defaults.
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

    @property
    def group_arn(self) -> str:
        """The ARN of the Auto Scaling group."""
        return str(self.settings["autoScalingGroupArn"])


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
class ContainerInstance:
    """An EC2 instance (or external server) whose agent registered it with a cluster."""

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
    next_event: Event | None = None

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


@dataclass(slots=True, eq=False)
class ServiceRevision:
    """What a service was asked to run at one time: it never changes; one can roll back to it."""

    id: str
    arn: str
    service: Service
    definition: TaskDefinition
    request: Document
    network: Document | None
    platform_version: str | None
    created_at_s: float


@dataclass(slots=True, eq=False)
class LifecycleHook:
    """One run of a lifecycle hook: a Lambda function that is asked, or a pause."""

    id: str
    target_type: str
    target_arn: str | None
    details: Any
    expires_at_s: float
    timeout_action: str
    status: str = "IN_PROGRESS"
    next_event: Event | None = None


@dataclass(slots=True, frozen=True)
class Stage:
    """One stage that a blue/green deployment goes through, and how long it lasts after its hooks.

    `percent` is the share of production traffic that the new revision has from here on.
    """

    name: str
    lasts_s: float
    percent: float | None = None


@dataclass(slots=True, eq=False)
class ServiceDeployment:
    """The record of a service's move to a revision, as ListServiceDeployments shows it."""

    id: str
    arn: str
    service: Service
    target: ServiceRevision
    sources: list[ServiceRevision]
    configuration: Document
    created_at_s: float
    status: str = "IN_PROGRESS"
    status_reason: str | None = None
    lifecycle_stage: str | None = None
    stages: list[Stage] | None = None
    hooks: list[LifecycleHook] = field(default_factory=list)
    finished_at_s: float | None = None
    stopped_at_s: float | None = None
    updated_at_s: float = 0.0
    rollback_reason: str | None = None
    rollback_started_at_s: float | None = None
    rollback_to: ServiceRevision | None = None
    failure_count: int = 0
    breaker_triggered: bool = False
    triggered_alarms: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Deployment:
    """One revision being brought to, or kept at, a service's desired count."""

    id: str
    service: Service
    revision: ServiceRevision
    record: ServiceDeployment
    definition: TaskDefinition
    launch_type: str
    network: Document | None
    platform_version: str | None
    created_at_s: float
    updated_at_s: float
    status: str = "PRIMARY"
    rollout_state: str = "IN_PROGRESS"
    rollout_reason: str = ""
    failed_tasks: int = 0
    ever_failed: int = 0
    healthy_tasks: set[str] = field(default_factory=set)
    baked_at_s: float | None = None
    tasks: dict[str, Task] = field(default_factory=dict)
    alternate: bool = False
    test_percent: float = 0.0
    production_percent: float = 0.0

    @property
    def load_balancers(self) -> list[Document]:
        """The revision's load balancers; of a blue/green pair of target groups the one its tasks
        are in.
        """
        asked = self.revision.request.get("loadBalancers") or []
        if not self.alternate:
            return list(asked)
        return [
            {**each, "targetGroupArn": each["advancedConfiguration"]["alternateTargetGroupArn"]}
            if each.get("advancedConfiguration")
            else each
            for each in asked
        ]


@dataclass(slots=True, eq=False)
class TaskSet(Deployment):
    """A share of a service's tasks, where the EXTERNAL or CODE_DEPLOY controller deploys.

    `scale` is its percentage of the desired count; `status` is PRIMARY, ACTIVE or DRAINING.
    """

    arn: str = ""
    scale: float = 0.0
    external_id: str | None = None
    started_by: str | None = None
    tags: Tags = field(default_factory=list)
    stability: str = "STABILIZING"
    stability_at_s: float = 0.0

    @property
    def computed_desired_count(self) -> int:
        """Desired x scale, always rounded up.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
        """
        share = Fraction(str(self.scale)) / 100  # 35 % of 20 is 7, and not a hair more
        return math.ceil(self.service.desired_count * share)


@dataclass(slots=True, frozen=True)
class ServiceEvent:
    """A line of a service's event list, in AWS's words."""

    id: str
    at_s: float
    message: str


@dataclass(slots=True, eq=False)
class Service:
    """Keeps a desired number of tasks running; `request` is what CreateService and UpdateService
    asked for.
    """

    name: str
    arn: str
    cluster: Cluster
    created_at_s: float
    desired_count: int
    launch_type: str
    request: dict[str, Any]
    status: str = "ACTIVE"
    tags: Tags = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    task_sets: list[TaskSet] = field(default_factory=list)
    events: deque[ServiceEvent] = field(default_factory=lambda: deque(maxlen=100))
    tasks: dict[str, Task] = field(default_factory=dict)
    target_news: dict[tuple[str, str], int] = field(default_factory=dict)
    steady: bool = False
    records: list[ServiceDeployment] = field(default_factory=list)
    moving: set[str] = field(default_factory=set)
    imbalances: set[tuple[tuple[str, int], ...]] = field(default_factory=set)
    start_failures: int = 0
    waves_failed: int = 0
    not_before_s: float = 0.0
    next_look: Event | None = None
    complaint: str = ""
    complained_at_s: float = 0.0

    @property
    def primary(self) -> Deployment:
        """The deployment that the service is moving to, or has reached."""
        return self.deployments[0]

    @property
    def shown(self) -> Deployment | None:
        """What DescribeServices shows as the service's own: the primary deployment or task set."""
        if self.deployments:
            return self.deployments[0]
        return next((each for each in self.task_sets if each.status == "PRIMARY"), None)


@dataclass(slots=True, frozen=True)
class Happening:
    """One line of the lab's history: what happened to what, and when."""

    at_s: float
    kind: str
    subject: str
    name: str
    what: str
