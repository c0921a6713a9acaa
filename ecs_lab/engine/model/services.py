"""Services: revisions, deployments, task sets, events."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecs_lab.engine.clock import Event
    from ecs_lab.engine.model.capacity import Cluster
    from ecs_lab.engine.model.documents import Document, Tags
    from ecs_lab.engine.model.tasks import Task, TaskDefinition


@dataclass(slots=True, eq=False)
class ServiceRevision:
    """What a service was asked to run at one time: it never changes; one can roll back to it.

    `image_digests` are those of its containers' images, by name, once its first task has pulled
    them.
    """

    id: str
    arn: str
    service: Service
    definition: TaskDefinition
    request: Document
    network: Document | None
    platform_version: str | None
    created_at_s: float
    image_digests: dict[str, str] = field(default_factory=dict)


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
    ignores_alarms: bool = False


@dataclass(slots=True, frozen=True, eq=False)
class Endpoint:
    """A name and port by which a service is reached through Service Connect.

    The proxy of a task listens on `ingress_port` for others, and hands on to `container_port`;
    `protocol` is http, http2, grpc or tcp, and a request may take `timeout_s` (0: any time).
    """

    dns_name: str
    port: int
    namespace_id: str
    discovery_name: str
    service: Service | None
    port_name: str
    container_port: int
    ingress_port: int
    protocol: str
    timeout_s: float


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
    healthy_tasks: set[str] = field(default_factory=set)
    baked_at_s: float | None = None
    tasks: dict[str, Task] = field(default_factory=dict)
    alternate: bool = False
    endpoints: dict[tuple[str, int], Endpoint] = field(default_factory=dict)
    connect_resources: dict[str, str] = field(default_factory=dict)
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
    rebalancing: bool = False
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
