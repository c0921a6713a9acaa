"""What ECS needs from the rest of AWS: network interfaces, images, load balancers, and something
that runs in the containers.

The engine only knows this protocol. `ecs_lab.aws` answers it with moto's EC2, ECR and Elastic Load
Balancing; `Anywhere` answers it out of thin air, so that the engine can be tried and tested alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ecs_lab.engine.auto_scaling_groups import AutoScalingGroups, RememberedGroups
from ecs_lab.engine.managed_machines import Machines, RememberedMachines
from ecs_lab.engine.service_discovery import RememberedDiscovery, ServiceDiscovery

if TYPE_CHECKING:
    from ecs_lab.engine.model import Container, Task, TaskDefinition


@dataclass(slots=True, frozen=True)
class NetworkInterface:
    """The elastic network interface of an awsvpc task."""

    eni_id: str
    mac_address: str
    private_ip: str
    private_dns_name: str
    subnet_id: str
    public_ip: str | None = None


@dataclass(slots=True, frozen=True)
class ContainerRun:
    """What a started container will do: run for `seconds` (None: until it is stopped), then end
    with `exit_code`; on SIGTERM end with `on_sigterm` (128 + 15 unless it catches it), or take no
    notice of it (None).
    """

    seconds: float | None = None
    exit_code: int = 0
    reason: str | None = None
    on_sigterm: int | None = 143


@dataclass(slots=True, frozen=True)
class TargetGroup:
    """What ECS wants to know of a target group, or of a Classic Load Balancer (then `classic`)."""

    target_type: str = "ip"
    has_load_balancer: bool = True
    deregistration_delay_s: float = 300.0
    classic: bool = False


@dataclass(slots=True, frozen=True)
class Target:
    """A task as a load balancer reaches it: `group` is the target group's ARN or the Classic Load
    Balancer's name, `id` an address or the id of an EC2 instance.
    """

    group: str
    id: str
    port: int


@dataclass(slots=True, frozen=True)
class TargetHealth:
    """What DescribeTargetHealth tells of a target.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
    """

    state: str
    reason: str = ""
    description: str = ""


HEALTHY = TargetHealth("healthy")


Ends = Callable[[int, "str | None"], None]
"""Ends a container's process now, with an exit code and perhaps a reason; does nothing once it has
ended."""

Hook = Callable[[dict[str, Any]], Mapping[str, Any]]
"""What stands for a lifecycle hook's Lambda function: the event in, its answer out."""


def succeed(question: dict[str, Any]) -> Mapping[str, Any]:
    """The answer of a lifecycle hook that nobody has written: go on."""
    return {"hookStatus": "SUCCEEDED"}


class CannotStartError(Exception):
    """Something outside ECS keeps a task from starting.

    The text becomes the task's stoppedReason; with `container` it becomes that container's reason,
    as the agent of a container instance tells it, and the task's is `Task failed to start`. `after`
    is the key of the duration that trying again took.
    """

    def __init__(self, text: str, container: Container | None = None, after: str = "") -> None:
        super().__init__(text)
        self.container = container
        self.after = after


class Surroundings(Protocol):
    """The rest of AWS, as far as ECS leans on it."""

    groups: AutoScalingGroups
    discovery: ServiceDiscovery
    machines: Machines

    def record_metric(
        self, namespace: str, name: str, dimensions: Mapping[str, str], value: float
    ) -> None:
        """Put one value of a metric into CloudWatch, dated now."""

    def zone_of_subnet(self, subnet_id: str) -> str | None:
        """The Availability Zone of a subnet, or None when there is no such subnet."""

    def private_address(self, ec2_instance_id: str) -> str | None:
        """The private IPv4 address of an EC2 instance, or None when it is gone."""

    def missing_security_group(self, group_ids: Sequence[str]) -> str | None:
        """The first of these security groups that does not exist, or None."""

    def alarms_ringing(self, names: Sequence[str]) -> list[str]:
        """Those of these CloudWatch alarms that are in the ALARM state."""

    def ask_hook(self, function_arn: str, question: dict[str, Any]) -> Mapping[str, Any]:
        """The answer of a deployment's lifecycle hook, such as {"hookStatus": "SUCCEEDED"}."""

    def shift_traffic(self, rule_arn: str, weights: Mapping[str, int]) -> None:
        """Give the target groups of a listener rule (or listener) these weights."""

    def attach_network_interface(self, task: Task, subnet_id: str) -> NetworkInterface:
        """Create the task's network interface; raises CannotStartError in a full subnet."""

    def detach_network_interface(self, interface: NetworkInterface) -> None:
        """Delete a task's network interface."""

    def role_allows(self, role_arn: str, action: str) -> bool:
        """Whether the role exists and its policies allow an action."""

    def reaches(self, task: Task, service: str) -> bool:
        """Whether a task's containers reach the API of an AWS service such as ssmmessages."""

    def role_out_of_reach(
        self, definition: TaskDefinition, overrides: Mapping[str, Any]
    ) -> str | None:
        """The ARN of a role of such tasks (task role, execution role) that ECS cannot assume."""

    def prepare_task(self, task: Task) -> None:
        """Get ready what all containers of a task need: credentials of its roles, secrets, volumes;
        raises CannotStartError with AWS's text.
        """

    def pull_image(self, task: Task, container: Container, digest: str | None) -> str:
        """Pull a container's image, the one with this digest if there is one, and give its digest;
        raises CannotStartError with AWS's text.
        """

    def run_container(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """Start a container and say what it will do; `ends` ends it otherwise than said. Raises
        CannotStartError with AWS's text.
        """

    def container_ended(self, task: Task, container: Container) -> None:
        """The container's process has ended, by itself or by a signal."""

    def task_ended(self, task: Task) -> None:
        """The task is STOPPED: what was made ready for it is not needed any more."""

    def passes_health_check(self, task: Task, container: Container) -> bool:
        """Whether the command of the container's health check ends with exit code 0 now."""

    def target_group(self, name: str) -> TargetGroup | None:
        """The target group of an ARN, or the Classic Load Balancer of a name, or None."""

    def register_target(self, target: Target, task: Task, changed: Callable[..., None]) -> None:
        """Register a target; `changed(task)` is called whenever its health becomes another.

        `changed` is no lambda or closure (a partial will do), so that a lab can be copied.
        """

    def deregister_target(self, target: Target) -> None:
        """Take a target out: it drains for the group's deregistration delay."""

    def target_health(self, target: Target) -> TargetHealth:
        """How a target is now."""


class Anywhere:
    """Surroundings in which every subnet, group and image exists and containers run until they are
    stopped.

    A subnet's zone is told by the last letter of its id: `subnet-a` lies in zone `a` of the
    Region.
    """

    def __init__(self, region: str = "us-east-1") -> None:
        self.region = region
        self.interfaces: dict[str, NetworkInterface] = {}
        self.groups: AutoScalingGroups = RememberedGroups()
        self.discovery: ServiceDiscovery = RememberedDiscovery()
        self.machines: Machines = RememberedMachines()
        self.metrics: list[tuple[str, str, dict[str, str], float]] = []
        self.ringing: set[str] = set()
        self.hooks: dict[str, Hook] = {}
        self.traffic: dict[str, dict[str, int]] = {}
        self.target_groups: dict[str, TargetGroup] = {}
        self.targets: dict[Target, tuple[Task, Callable[..., None]]] = {}
        self._health: dict[str, TargetHealth] = {}
        self.failing_checks: set[str] = set()
        self.untrusting: set[str] = set()
        self._attached = 0

    def record_metric(
        self, namespace: str, name: str, dimensions: Mapping[str, str], value: float
    ) -> None:
        """Remember the value in `metrics`."""
        self.metrics.append((namespace, name, dict(dimensions), value))

    def zone_of_subnet(self, subnet_id: str) -> str | None:
        """The zone told by the id's last letter."""
        return f"{self.region}{subnet_id[-1]}"

    def private_address(self, ec2_instance_id: str) -> str | None:
        """An address that stands for the instance."""
        return f"10.1.0.{sum(ec2_instance_id.encode()) % 250}"

    def missing_security_group(self, group_ids: Sequence[str]) -> str | None:
        """None: every group exists here."""
        return None

    def alarms_ringing(self, names: Sequence[str]) -> list[str]:
        """Those of `names` that stand in `ringing`."""
        return [each for each in names if each in self.ringing]

    def ask_hook(self, function_arn: str, question: dict[str, Any]) -> Mapping[str, Any]:
        """What the function in `hooks` says; SUCCEEDED without one."""
        return self.hooks.get(function_arn, succeed)(question)

    def shift_traffic(self, rule_arn: str, weights: Mapping[str, int]) -> None:
        """Remember the weights in `traffic`."""
        self.traffic[rule_arn] = dict(weights)

    def attach_network_interface(self, task: Task, subnet_id: str) -> NetworkInterface:
        """A new interface with the next address of 10.0.0.0/16."""
        self._attached += 1
        high, low = divmod(self._attached, 256)
        ip = f"10.0.{high}.{low}"
        interface = NetworkInterface(
            f"eni-{self._attached:017x}",
            f"02:00:00:00:{high:02x}:{low:02x}",
            ip,
            f"ip-{ip}",
            subnet_id,
        )
        self.interfaces[interface.eni_id] = interface
        return interface

    def detach_network_interface(self, interface: NetworkInterface) -> None:
        """Forget the interface."""
        del self.interfaces[interface.eni_id]

    def role_allows(self, role_arn: str, action: str) -> bool:
        """Every role exists and may do anything."""
        return True

    def reaches(self, task: Task, service: str) -> bool:
        """Everything is reached."""
        return True

    def role_out_of_reach(
        self, definition: TaskDefinition, overrides: Mapping[str, Any]
    ) -> str | None:
        """Every role trusts ECS but those of `untrusting`."""
        roles = {**definition.document, **overrides}
        named = (roles.get("taskRoleArn"), roles.get("executionRoleArn"))
        return next((each for each in named if each in self.untrusting), None)

    def prepare_task(self, task: Task) -> None:
        """Everything is ready."""

    def pull_image(self, task: Task, container: Container, digest: str | None) -> str:
        """Every image is there; its digest is all zeros."""
        return "sha256:" + "0" * 64

    def run_container(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """The container runs until it is stopped."""
        return ContainerRun()

    def container_ended(self, task: Task, container: Container) -> None:
        """Nothing to do."""

    def task_ended(self, task: Task) -> None:
        """Nothing to do."""

    def passes_health_check(self, task: Task, container: Container) -> bool:
        """Every check passes but those of the containers named in `failing_checks`."""
        return container.name not in self.failing_checks

    def target_group(self, name: str) -> TargetGroup | None:
        """One of those that were put into `target_groups`."""
        return self.target_groups.get(name)

    def register_target(self, target: Target, task: Task, changed: Callable[..., None]) -> None:
        """Register a target, which has the health that `set_health` said for its group."""
        self.targets[target] = (task, changed)

    def deregister_target(self, target: Target) -> None:
        """Forget the target."""
        self.targets.pop(target, None)

    def target_health(self, target: Target) -> TargetHealth:
        """What `set_health` said for its group; healthy without."""
        return self._health.get(target.group, HEALTHY)

    def set_health(self, group: str, health: TargetHealth) -> None:
        """Let all targets of a group, those to come too, have this health."""
        self._health[group] = health
        for target, (task, changed) in list(self.targets.items()):
            if target.group == group:
                changed(task)
