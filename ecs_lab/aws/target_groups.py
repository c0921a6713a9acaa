"""Target groups whose targets have a health in virtual time.

moto: says of every registered target that it is healthy, and keeps one target an id, so that two
tasks with host ports of their own on one instance would be one. So our class stands in for moto's;
all else about target groups, listeners and load balancers stays moto's.
Source:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import TargetNotRunning
from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup, elbv2_backends

from ecs_lab.aws.checked_targets import (
    DRAINING,
    NOT_IN_USE,
    STOPPED,
    ZONE_NOT_ENABLED,
    CheckedTargets,
    CheckSettings,
    Key,
    Registered,
)
from ecs_lab.aws.moto_state import MotoState
from ecs_lab.aws.network.load_balancer_rules import forwards_to
from ecs_lab.engine.model import Task
from ecs_lab.engine.surroundings import TargetHealth


class LabTargetGroup(CheckedTargets, FakeTargetGroup):
    """A target group of the lab that is in use when it is made; without one it is moto's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        FakeTargetGroup.__init__(self, *args, **kwargs)
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

    @property
    def deregistration_delay_s(self) -> float:
        """How long a target drains."""
        return float(str(self.attributes["deregistration_delay.timeout_seconds"]))

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

    @property
    def settings(self) -> CheckSettings:
        """How the targets are checked."""
        return CheckSettings(
            float(self.health_check_interval_seconds),
            float(self.health_check_timeout_seconds),
            int(self.healthy_threshold_count),
            int(self.unhealthy_threshold_count),
        )

    def ask(self, target: Registered) -> TargetHealth:
        """What one health check finds."""
        return self.traffic.check(self, target)

    def add(self, key: Key, task: Task | None, changed: Callable[[Task], None] | None) -> None:
        """Register a target, of a task if ECS does it; `changed(task)` hears of its health."""
        super().add(key, task, changed)
        self.targets[key] = {"Id": key[0], "Port": key[1]}  # type: ignore[index] # moto: by id alone

    def drained(self, key: Key) -> None:
        """The deregistration delay of a target is over."""
        super().drained(key)
        self.targets.pop(key, None)  # type: ignore[call-overload] # moto: by id alone

    def _key(self, target: dict[str, Any]) -> Key:
        return str(target["Id"]), int(target.get("Port") or self.port)


def target_groups_of(listener: Any) -> list[str]:
    """The ARNs of the target groups that a listener's rules forward to, each once."""
    actions = (action for rule in listener.rules.values() for action in rule.actions)
    return list(dict.fromkeys(arn for each in actions for arn in forwards_to(each.data)))


def install() -> None:
    """Let moto make target groups of our class from now on."""
    # moto: makes them by this name in one place, for CloudFormation too.
    vars(models)["FakeTargetGroup"] = LabTargetGroup
