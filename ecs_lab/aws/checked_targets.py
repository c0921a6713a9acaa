"""Targets of a load balancer whose health changes as time passes: registered, checked, draining.

Target groups and Classic Load Balancers have this in common.
Source:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecs_lab.aws.moto_state import MotoState
from ecs_lab.engine.clock import Clock, Event
from ecs_lab.engine.model import Task
from ecs_lab.engine.surroundings import HEALTHY, TargetHealth

if TYPE_CHECKING:
    from ecs_lab.aws.traffic import Traffic

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


@dataclass(slots=True, frozen=True)
class CheckSettings:
    """How often targets are checked, and how many results in a row change their health."""

    interval_s: float
    timeout_s: float
    healthy_threshold: int
    unhealthy_threshold: int


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


class CheckedTargets:
    """Targets by id and port, and what becomes of them; `lab` is the one they are in."""

    lab: MotoState | None
    name: str
    registered: dict[Key, Registered]

    def ask(self, target: Registered) -> TargetHealth:
        """What one health check finds."""
        raise NotImplementedError

    def health_in(self, target: Registered, zones: set[str]) -> TargetHealth:
        """How a target is, where these zones are enabled for the load balancers."""
        raise NotImplementedError

    def zones(self) -> set[str]:
        """The Availability Zones that the load balancers are enabled in."""
        raise NotImplementedError

    def zone_of(self, target: Registered) -> str | None:
        """The Availability Zone of a target, where that is known."""
        raise NotImplementedError

    @property
    def settings(self) -> CheckSettings:
        """How the targets are checked."""
        raise NotImplementedError

    @property
    def deregistration_delay_s(self) -> float:
        """How long a target drains."""
        raise NotImplementedError

    @property
    def slow_start_s(self) -> float:
        """How long a target warms up; 0 for not at all."""
        return 0.0

    def health(self, key: Key) -> TargetHealth:
        """How a target is, with AWS's reason and description."""
        target = self.registered.get(key)
        return NOT_REGISTERED if target is None else self.health_in(target, self.zones())

    def add(self, key: Key, task: Task | None, changed: Callable[[Task], None] | None) -> None:
        """Register a target, of a task if ECS does it; `changed(task)` hears of its health."""
        old = self.registered.get(key)
        if old is not None and old.checked is not DRAINING:
            return
        if old is not None:
            self._clock.cancel(old.next_event)
        target = self.registered[key] = Registered(*key, task, changed)
        target.next_event = self._clock.schedule(REGISTRATION_S, self._check, key)

    def drain(self, key: Key) -> None:
        """Send a target no more requests; after the deregistration delay it is gone."""
        target = self.registered.get(key)
        if target is None or target.checked is DRAINING:
            return
        self._clock.cancel(target.next_event)
        target.checked = DRAINING
        target.next_event = self._clock.schedule(
            self.deregistration_delay_s, self.drained, key, background=True
        )

    def drained(self, key: Key) -> None:
        """The deregistration delay of a target is over."""
        self.registered.pop(key, None)

    def _check(self, key: Key) -> None:
        target = self.registered[key]
        result = self.ask(target)
        passed = result is HEALTHY
        target.passes = target.passes + 1 if passed else 0
        target.failures = 0 if passed else target.failures + 1
        before, target.checked = target.checked, self._verdict(target, result)
        self._warm_up(target, before)
        settled = not (target.passes and target.failures) and target.checked.state == (
            "healthy" if passed else "unhealthy"
        )
        target.next_event = self._clock.schedule(
            self.settings.interval_s, self._check, key, background=settled
        )
        now = self.health(key)
        if now != target.told:
            target.told = now
            if target.changed is not None and target.task is not None:
                target.changed(target.task)

    def _verdict(self, target: Registered, result: TargetHealth) -> TargetHealth:
        """The target's health after a check: one passed check makes a new target healthy, later
        changes take as many in a row as the thresholds say.
        """
        before = target.checked
        if result is HEALTHY:
            fresh = before.state == "initial"
            enough = fresh or target.passes >= self.settings.healthy_threshold
            return HEALTHY if enough else before
        if target.failures >= self.settings.unhealthy_threshold or before.state == "unhealthy":
            return result
        return CHECKING if before.state == "initial" else before

    def _warm_up(self, target: Registered, before: TargetHealth) -> None:
        """A target that has become healthy begins its slow start, if there is another healthy one
        that has not just begun its own.

        Source:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
        """
        if target.checked is not HEALTHY:
            target.slow_since_s = None
        elif before is not HEALTHY and self.slow_start_s:
            now_s = self._clock.now
            others = (each for each in self.registered.values() if each is not target)
            if any(each.checked is HEALTHY and not self._is_slow(each, now_s) for each in others):
                target.slow_since_s = now_s

    def _is_slow(self, target: Registered, now_s: float) -> bool:
        return target.slow_since_s is not None and now_s < target.slow_since_s + self.slow_start_s

    @property
    def _clock(self) -> Clock:
        assert self.lab is not None
        return self.lab.clock

    @property
    def traffic(self) -> Traffic:
        """The requests of the lab."""
        assert self.lab is not None
        assert self.lab.owner is not None
        return self.lab.owner.traffic
