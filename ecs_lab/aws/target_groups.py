"""Target groups whose targets have a health: registered, checked, draining, in virtual time.

moto: says of every registered target that it is healthy, and keeps one target an id, so that two
tasks with host ports of their own on one instance would be one. So our class stands in for moto's;
all else about target groups, listeners and load balancers stays moto's.
Source:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import TargetNotRunning
from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup, elbv2_backends

from ecs_lab.aws.moto_state import MotoState
from ecs_lab.engine.clock import Event
from ecs_lab.engine.model import Task
from ecs_lab.engine.surroundings import HEALTHY, TargetHealth

REGISTRATION_S = 2.0
"""How long a target is being registered before its first health check (typical)."""

REGISTERING = TargetHealth(
    "initial", "Elb.RegistrationInProgress", "Target registration is in progress"
)
CHECKING = TargetHealth("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
DRAINING = TargetHealth(
    "draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"
)
NOT_REGISTERED = TargetHealth(
    "unused", "Target.NotRegistered", "Target is not registered to the target group"
)
NOT_IN_USE = TargetHealth(
    "unused",
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)
ZONE_NOT_ENABLED = TargetHealth(
    "unused",
    "Target.NotInUse",
    "Target is in an Availability Zone that is not enabled for the load balancer",
)
STOPPED = TargetHealth("unused", "Target.InvalidState", "Target is in the stopped state")
FAILED = TargetHealth("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
TIMED_OUT = TargetHealth("unhealthy", "Target.Timeout", "Request timed out")
CHECKS_OFF = TargetHealth("unavailable", "Target.HealthCheckDisabled", "Health checks are disabled")

Key = tuple[str, int]


@dataclass(slots=True)
class Registered:
    """One target: where it is, whose task it is if ECS registered it, how its checks went, the
    requests that it is busy with (a heap of their ends), and since when it is in slow start.
    """

    id: str
    port: int
    task: Task | None = None
    changed: Callable[[Task], None] | None = None
    checked: TargetHealth = REGISTERING
    told: TargetHealth = REGISTERING
    passes: int = 0
    failures: int = 0
    next_event: Event | None = None
    busy_until_s: list[float] = field(default_factory=list)
    slow_since_s: float | None = None

    @property
    def key(self) -> Key:
        """What the target is registered by."""
        return self.id, self.port

    @property
    def name(self) -> str:
        """The target in one word, such as 10.0.0.4:80."""
        return f"{self.id}:{self.port}"


class LabTargetGroup(FakeTargetGroup):
    """A target group of the lab that is in use when it is made; without one it is moto's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.health_check_path is None and self.health_check_protocol in ("HTTP", "HTTPS"):
            self.health_check_path = "/"  # moto: leaves the default out
        self.lab = MotoState.current
        self.registered: dict[Key, Registered] = {}

    # What moto calls

    def register(self, targets: list[dict[str, Any]]) -> None:
        """Register targets by id and port, the group's port where none is given."""
        if self.lab is None:
            super().register(targets)
            return
        for target in targets:
            instance = self.ec2_backend.get_instance_by_id(target["Id"])
            if instance is not None and instance.state != "running":
                raise TargetNotRunning(instance_id=target["Id"])
        for target in targets:
            self.add(self._key(target), None, None)

    def deregister(self, targets: list[dict[str, Any]]) -> None:
        """Let targets drain; one that is not registered is no error, as DeregisterTargets has it.

        Source:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html
        """
        if self.lab is None:
            super().deregister(targets)
            return
        for target in targets:
            self.drain(self._key(target))

    def deregister_terminated_instances(self, instance_ids: list[str]) -> None:
        """Let the targets on terminated instances drain."""
        if self.lab is None:
            super().deregister_terminated_instances(instance_ids)
        for key in list(self.registered):
            if key[0] in instance_ids:
                self.drain(key)

    def health_for(self, target: dict[str, Any], ec2_backend: Any) -> FakeHealthStatus:
        """What DescribeTargetHealth says of a target."""
        if self.lab is None:
            return super().health_for(target, ec2_backend)
        key = self._key(target)
        health = self.health(key)
        port = str(key[1]) if self.health_check_port == "traffic-port" else self.health_check_port
        return FakeHealthStatus(
            key[0],
            str(key[1]),
            port,
            health.state,
            health.reason or None,
            health.description or None,
        )

    # What the lab's ECS calls

    def add(self, key: Key, task: Task | None, changed: Callable[[Task], None] | None) -> None:
        """Register a target, of a task if ECS does it; `changed(task)` hears of its health."""
        old = self.registered.get(key)
        if old is not None and old.checked is not DRAINING:
            return
        if old is not None:
            self._clock.cancel(old.next_event)
        target = self.registered[key] = Registered(*key, task, changed)
        self.targets[key] = {"Id": key[0], "Port": key[1]}  # type: ignore[index] # moto: by id alone
        target.next_event = self._clock.schedule(REGISTRATION_S, self._check, key)

    def drain(self, key: Key) -> None:
        """Send a target no more requests; after the deregistration delay it is gone."""
        target = self.registered.get(key)
        if target is None or target.checked is DRAINING:
            return
        self._clock.cancel(target.next_event)
        target.checked = DRAINING
        target.next_event = self._clock.schedule(
            self.deregistration_delay_s, self._drained, key, background=True
        )

    @property
    def deregistration_delay_s(self) -> float:
        """How long a target drains."""
        return float(str(self.attributes["deregistration_delay.timeout_seconds"]))

    def health(self, key: Key) -> TargetHealth:
        """How a target is, with AWS's reason and description."""
        target = self.registered.get(key)
        return NOT_REGISTERED if target is None else self.health_in(target, self.zones())

    def health_in(self, target: Registered, zones: set[str]) -> TargetHealth:
        """How a target is, where these zones are enabled for the load balancers."""
        if target.checked is DRAINING:
            return DRAINING
        instance = self._instance(target)
        if instance is not None and instance.state == "stopped":
            return STOPPED
        if not zones:
            return NOT_IN_USE
        zone = self.zone_of(target)
        return target.checked if zone in zones or zone is None else ZONE_NOT_ENABLED

    def zones(self) -> set[str]:
        """The Availability Zones enabled for the load balancers that forward to this group."""
        return {s.availability_zone for balancer in self.balancers() for s in balancer.subnets}

    def balancers(self) -> list[Any]:
        """The load balancers that forward to this group."""
        backend = elbv2_backends[self.account_id][self.region_name]
        return [
            balancer
            for balancer in backend.load_balancers.values()
            if any(self.arn in target_groups_of(each) for each in balancer.listeners.values())
        ]

    def zone_of(self, target: Registered) -> str | None:
        """The Availability Zone of a target, where that is known."""
        if target.task is not None:
            return target.task.zone
        instance = self._instance(target)
        return instance.availability_zone if instance is not None else None

    def _instance(self, target: Registered) -> Any:
        if self.target_type != "instance":
            return None
        return self.ec2_backend.get_instance_by_id(target.id)

    @property
    def for_http(self) -> bool:
        """Whether it belongs to Application Load Balancers."""
        return self.protocol in ("HTTP", "HTTPS")

    @property
    def slow_start_s(self) -> float:
        """How long a target warms up; 0 for not at all."""
        return float(str(self.attributes.get("slow_start.duration_seconds") or 0))

    # Health checks

    def _check(self, key: Key) -> None:
        target = self.registered[key]
        result = self._asked(target)
        passed = result is HEALTHY
        target.passes = target.passes + 1 if passed else 0
        target.failures = 0 if passed else target.failures + 1
        target.checked = self._verdict(target, result)
        settled = not (target.passes and target.failures) and target.checked.state == (
            "healthy" if passed else "unhealthy"
        )
        target.next_event = self._clock.schedule(
            float(self.health_check_interval_seconds), self._check, key, background=settled
        )
        now = self.health(key)
        if now != target.told:
            target.told = now
            if target.changed is not None and target.task is not None:
                target.changed(target.task)

    def _asked(self, target: Registered) -> TargetHealth:
        """What one health check finds."""
        assert self.lab is not None
        assert self.lab.owner is not None
        found: TargetHealth = self.lab.owner.traffic.check(self, target)
        return found

    def _verdict(self, target: Registered, result: TargetHealth) -> TargetHealth:
        """The target's health after a check: one passed check makes a new target healthy, later
        changes take as many in a row as the thresholds say.
        """
        before = target.checked
        if result is HEALTHY:
            fresh = before.state == "initial"
            enough = fresh or target.passes >= int(self.healthy_threshold_count)
            return HEALTHY if enough else before
        if target.failures >= int(self.unhealthy_threshold_count) or before.state == "unhealthy":
            return result
        return CHECKING if before.state == "initial" else before

    def _drained(self, key: Key) -> None:
        self.registered.pop(key, None)
        self.targets.pop(key, None)  # type: ignore[call-overload] # moto: by id alone

    def _key(self, target: dict[str, Any]) -> Key:
        return str(target["Id"]), int(target.get("Port") or self.port)

    @property
    def _clock(self) -> Any:
        assert self.lab is not None
        return self.lab.clock


def target_groups_of(listener: Any) -> list[str]:
    """The ARNs of the target groups that a listener's rules forward to, each once."""
    arns: dict[str, None] = {}
    for rule in listener.rules.values():
        for action in rule.actions:
            forwards = (action.data.get("ForwardConfig") or {}).get("TargetGroups", [])
            for each in [action.data, *forwards]:
                if each.get("TargetGroupArn"):
                    arns[each["TargetGroupArn"]] = None
    return list(arns)


def install() -> None:
    """Let moto make target groups of our class from now on."""
    # moto: makes them by this name in one place, for CloudFormation too.
    vars(models)["FakeTargetGroup"] = LabTargetGroup


install()
