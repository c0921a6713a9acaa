"""What ECS needs from the rest of AWS, answered by moto: network interfaces from EC2, images from
ECR, target groups from Elastic Load Balancing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.ec2.models import ec2_backends
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from ecs_lab.aws import lifecycle_hooks, listener_weights
from ecs_lab.aws.checked_targets import NOT_REGISTERED
from ecs_lab.aws.network import interfaces
from ecs_lab.aws.service_discovery import CloudMap
from ecs_lab.engine.auto_scaling_groups import AutoScalingGroups
from ecs_lab.engine.managed_machines import Machines
from ecs_lab.engine.model import Container, Task, TaskDefinition
from ecs_lab.engine.service_discovery import ServiceDiscovery
from ecs_lab.engine.surroundings import (
    CannotStartError,
    ContainerRun,
    Ends,
    NetworkInterface,
    Target,
    TargetGroup,
    TargetHealth,
)

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

NO_ADDRESS = (
    "Unexpected EC2 error while attempting to Create Network Interface with public IP "
    "assignment {public} in subnet '{subnet}'"
)


class MotoSurroundings:
    """The rest of AWS in one Region of one account."""

    def __init__(
        self,
        account_id: str,
        region: str,
        groups: AutoScalingGroups,
        machines: Machines,
        world: World,
    ) -> None:
        self.groups = groups
        self.discovery: ServiceDiscovery = CloudMap(account_id, region)
        self.machines = machines
        self.containers, self.volumes = world.containers, world.volumes
        self.startup, self.logs = world.startup, world.logs
        self.account_id = account_id
        self.region = region
        self.hooks: lifecycle_hooks.Hooks = {}
        self.role_may: Callable[[str, str], bool] = _nothing

    def record_metric(
        self, namespace: str, name: str, dimensions: Mapping[str, str], value: float
    ) -> None:
        """Put one value of a metric into CloudWatch, dated now."""
        pairs = [{"Name": key, "Value": each} for key, each in dimensions.items()]
        datum = {"MetricName": name, "Dimensions": pairs, "Value": value}
        cloudwatch_backends[self.account_id][self.region].put_metric_data(namespace, [datum])

    @property
    def _ec2(self) -> Any:
        return ec2_backends[self.account_id][self.region]

    def _subnet(self, subnet_id: str) -> Any:
        zones = self._ec2.subnets.values()
        return next((found for zone in zones if (found := zone.get(subnet_id)) is not None), None)

    def zone_of_subnet(self, subnet_id: str) -> str | None:
        """The Availability Zone of a subnet, or None when there is no such subnet."""
        subnet = self._subnet(subnet_id)
        return subnet.availability_zone if subnet is not None else None

    def private_address(self, ec2_instance_id: str) -> str | None:
        """The private IPv4 address of an EC2 instance, or None when it is gone."""
        instance = self._ec2.get_instance_by_id(ec2_instance_id)
        return instance.private_ip if instance is not None else None

    def missing_security_group(self, group_ids: Sequence[str]) -> str | None:
        """The first of these security groups that does not exist, or None."""
        return next((g for g in group_ids if self._ec2.get_security_group_from_id(g) is None), None)

    def alarms_ringing(self, names: Sequence[str]) -> list[str]:
        """Those of these CloudWatch alarms that are in the ALARM state."""
        alarms = cloudwatch_backends[self.account_id][self.region].alarms
        return [each for each in names if each in alarms and alarms[each].state_value == "ALARM"]

    def ask_hook(self, function_arn: str, question: dict[str, Any]) -> Mapping[str, Any]:
        """The answer of a deployment's lifecycle hook: of the Python function in `hooks`."""
        return lifecycle_hooks.ask(self.hooks, function_arn, question)

    def shift_traffic(self, rule_arn: str, weights: Mapping[str, int]) -> None:
        """Give the target groups of a listener rule (or listener) these weights."""
        elbv2 = elbv2_backends[self.account_id][self.region]
        listener_weights.shift(elbv2, rule_arn, weights)

    def attach_network_interface(self, task: Task, subnet_id: str) -> NetworkInterface:
        """Create the task's network interface with a free address of the subnet's range."""
        vpc = (task.network or {}).get("awsvpcConfiguration", {})
        public = vpc.get("assignPublicIp") == "ENABLED"
        subnet = self._subnet(subnet_id)
        state = "enabled" if public else "disabled"
        try:
            eni = interfaces.attach(
                self._ec2,
                subnet,
                f"arn:aws:ecs:{self.region}:{self.account_id}:attachment/{task.attachment_id}",
                vpc.get("securityGroups") or None,
                public=public,
            )
        except interfaces.SubnetFullError:
            text = NO_ADDRESS.format(public=state, subnet=subnet_id)
            raise CannotStartError(text) from None
        ip = eni.private_ip_address
        name = f"ip-{ip.replace('.', '-')}.ec2.internal"
        return NetworkInterface(eni.id, eni.mac_address, ip, name, subnet_id, eni.public_ip)

    def detach_network_interface(self, interface: NetworkInterface) -> None:
        """Delete a task's network interface and free its address."""
        interfaces.detach(self._ec2, interface.eni_id)

    def role_allows(self, role_arn: str, action: str) -> bool:
        """Whether the role exists and its policies allow an action."""
        return self.role_may(role_arn, action)

    def pull_image(self, task: Task, container: Container, digest: str | None) -> str:
        """The image's digest; an image of the lab's own ECR must have been pushed there."""
        return self.startup.pulls.pull(task, container, digest)

    def passes_health_check(self, task: Task, container: Container) -> bool:
        """Whether the command of the container's health check ends with exit code 0 now."""
        return self.containers.passes_health_check(container)

    def target_group(self, name: str) -> TargetGroup | None:
        """The target group of an ARN, or the Classic Load Balancer of a name, or None."""
        if not name.startswith("arn:"):
            return self._classic_load_balancer(name)
        group = self._groups.get(name)
        if group is None:
            return None
        return TargetGroup(group.target_type, bool(group.zones()), group.deregistration_delay_s)

    def register_target(self, target: Target, task: Task, changed: Callable[..., None]) -> None:
        """Register a target, whose load balancer then checks it."""
        if target.group in self._groups:
            self._groups[target.group].add((target.id, target.port), task, changed)
        else:
            balancer = self._classic.register_instances(target.group, [target.id])
            balancer.targets.belongs(target.id, task, changed)

    def deregister_target(self, target: Target) -> None:
        """Take a target out: it drains for the group's deregistration delay."""
        if target.group in self._groups:
            self._groups[target.group].drain((target.id, target.port))
        elif self._classic.get_load_balancer(target.group) is not None:
            self._classic.deregister_instances(target.group, [target.id])

    def target_health(self, target: Target) -> TargetHealth:
        """How a target is now."""
        if target.group in self._groups:
            found: TargetHealth = self._groups[target.group].health((target.id, target.port))
            return found
        balancer = self._classic.get_load_balancer(target.group)
        if balancer is None:
            return NOT_REGISTERED
        of_instance: TargetHealth = balancer.targets.health_of(target.id)
        return of_instance

    def _classic_load_balancer(self, name: str) -> TargetGroup | None:
        """A Classic Load Balancer drains connections only where that is turned on."""
        balancer = self._classic.get_load_balancer(name)
        if balancer is None:
            return None
        delay_s = balancer.targets.deregistration_delay_s
        return TargetGroup("instance", deregistration_delay_s=delay_s, classic=True)

    @property
    def _groups(self) -> Any:
        return elbv2_backends[self.account_id][self.region].target_groups

    @property
    def _classic(self) -> Any:
        return elb_backends[self.account_id][self.region]

    def reaches(self, task: Task, service: str) -> bool:
        """Whether a task's containers reach the API of an AWS service."""
        return self.startup.reaches(task, service)

    def role_out_of_reach(
        self, definition: TaskDefinition, overrides: Mapping[str, Any]
    ) -> str | None:
        """The ARN of a role of such tasks that ECS cannot assume, or None."""
        return self.startup.role_out_of_reach(definition, overrides, self.region)

    def prepare_task(self, task: Task) -> None:
        """Mount its volumes, and read its secrets and environment files."""
        self.volumes.mount_all(task)
        self.startup.prepare(task)

    def run_container(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """Start the container's log driver, and what its image and command are."""
        self.logs.open(task, container)
        return self.containers.start(task, container, ends)

    def container_ended(self, task: Task, container: Container) -> None:
        """Its program runs no more."""
        self.containers.ended(container)

    def task_ended(self, task: Task) -> None:
        """Forget what was made ready for the task."""
        self.containers.task_ended(task)
        self.startup.task_ended(task)
        self.volumes.task_ended(task)


def _nothing(role_arn: str, action: str) -> bool:
    """What roles may do until the world says whom to ask."""
    return False
