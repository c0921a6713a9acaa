"""The instances of a Classic Load Balancer, and how they are.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-healthchecks.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models import ec2_backends

from ecs_lab.aws.checked_targets import (
    DRAINING,
    FAILED,
    NOT_REGISTERED,
    REGISTERING,
    STOPPED,
    CheckedTargets,
    CheckSettings,
    Key,
    Registered,
)
from ecs_lab.aws.moto_state import MotoState
from ecs_lab.engine.model import Task
from ecs_lab.engine.surroundings import TargetHealth

DEFAULT_CHECK = "TCP:80"
DEFAULT_SETTINGS = CheckSettings(30.0, 5.0, healthy_threshold=10, unhealthy_threshold=2)
NO_PORT = 0
"""Instances are registered without a port: the listeners say which."""

IN_PROGRESS = "Instance registration is still in progress."
NOT_YET = (
    "Instance has not passed the configured HealthyThreshold number of health checks consecutively."
)
FAILING = (
    "Instance has failed at least the UnhealthyThreshold number of health checks consecutively."
)
STOPPED_TEXT = "Instance is in stopped state."
UNKNOWN = "Instance is not currently registered with the LoadBalancer."
DEREGISTERING = "Instance deregistration currently in progress."


class ClassicTargets(CheckedTargets):
    """The instances of one of moto's Classic Load Balancers."""

    def __init__(self, balancer: Any, region: str) -> None:
        self.balancer = balancer
        self.region = region
        self.lab = MotoState.current
        self.name = str(balancer.name)
        self.registered: dict[Key, Registered] = {}

    def ask(self, target: Registered) -> TargetHealth:
        """What one health check finds."""
        return self.traffic.check_classic(self, target)

    def health_in(self, target: Registered, zones: set[str]) -> TargetHealth:
        """How an instance is."""
        if target.checked is DRAINING:
            return DRAINING
        instance = self.instance(target)
        if instance is None or instance.state == "terminated":
            return FAILED
        return STOPPED if instance.state == "stopped" else target.checked

    def health_of(self, instance_id: str) -> TargetHealth:
        """How the instance of an id is."""
        return self.health((instance_id, NO_PORT))

    def belongs(self, instance_id: str, task: Task, changed: Callable[[Task], None]) -> None:
        """Say whose task an instance is a target for; `changed(task)` hears of its health."""
        target = self.registered[instance_id, NO_PORT]
        target.task, target.changed = task, changed

    def zones(self) -> set[str]:
        """The Availability Zones of the load balancer."""
        return set(self.balancer.nodes)

    def zone_of(self, target: Registered) -> str | None:
        """The Availability Zone of an instance."""
        instance = self.instance(target)
        return instance.availability_zone if instance is not None else None

    def instance(self, target: Registered) -> Any:
        """moto's EC2 instance, or None when it is gone."""
        ec2: Any = ec2_backends[self.balancer.account_id][self.region]
        return ec2.get_instance_by_id(target.id)

    @property
    def question(self) -> tuple[str, int, str]:
        """What a health check asks: protocol, port and path, such as ("HTTP", 80, "/ping")."""
        check = self.balancer.health_check
        protocol, _, rest = str(check.target if check else DEFAULT_CHECK).partition(":")
        port, slash, path = rest.partition("/")
        return protocol.upper(), int(port), slash + path

    @property
    def settings(self) -> CheckSettings:
        """How the instances are checked."""
        check = self.balancer.health_check
        if check is None:
            return DEFAULT_SETTINGS
        return CheckSettings(
            float(check.interval),
            float(check.timeout),
            int(check.healthy_threshold),
            int(check.unhealthy_threshold),
        )

    @property
    def deregistration_delay_s(self) -> float:
        """How long connections are drained, where that is turned on."""
        draining = self.balancer.attributes["connection_draining"]
        return float(draining.get("timeout", 300)) if draining["enabled"] else 0.0


def described(health: TargetHealth) -> tuple[str, str, str]:
    """State, reason code and description in the words of DescribeInstanceHealth.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_InstanceState.html
    """
    if health.state == "healthy":
        return "InService", "N/A", "N/A"
    if health is NOT_REGISTERED:
        return "Unknown", "ELB", UNKNOWN
    if health is DRAINING:
        return "InService", "ELB", DEREGISTERING
    if health is REGISTERING:
        return "OutOfService", "ELB", IN_PROGRESS
    if health.state == "initial":
        return "OutOfService", "Instance", NOT_YET
    return "OutOfService", "Instance", STOPPED_TEXT if health is STOPPED else FAILING
