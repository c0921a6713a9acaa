"""What ECS needs from the rest of AWS: network interfaces, images, and something that runs in the
containers.

The engine only knows this protocol. `ecs_lab.aws` answers it with moto's EC2 and ECR; `Anywhere`
answers it out of thin air, so that the engine can be tried and tested alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ecs_lab.engine.model import Container, Task


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
    with `exit_code`.
    """

    seconds: float | None = None
    exit_code: int = 0
    reason: str | None = None


class CannotStartError(Exception):
    """Something outside ECS keeps a task from starting; the text becomes the task's
    stoppedReason.
    """


class Surroundings(Protocol):
    """The rest of AWS, as far as ECS leans on it."""

    def zone_of_subnet(self, subnet_id: str) -> str | None:
        """The Availability Zone of a subnet, or None when there is no such subnet."""

    def missing_security_group(self, group_ids: Sequence[str]) -> str | None:
        """The first of these security groups that does not exist, or None."""

    def attach_network_interface(self, task: Task, subnet_id: str) -> NetworkInterface:
        """Create the task's network interface; raises CannotStartError in a full subnet."""

    def detach_network_interface(self, interface: NetworkInterface) -> None:
        """Delete a task's network interface."""

    def role_allows(self, role_arn: str, action: str) -> bool:
        """Whether the role exists and its policies allow an action."""

    def pull_image(self, task: Task, container: Container) -> str:
        """Pull a container's image and give its digest; raises CannotStartError with AWS's text."""

    def run_container(self, task: Task, container: Container) -> ContainerRun:
        """Start a container and say what it will do."""


class Anywhere:
    """Surroundings in which every subnet, group and image exists and containers run until they are
    stopped.

    A subnet's zone is told by the last letter of its id: `subnet-a` lies in zone `a` of the
    Region.
    """

    def __init__(self, region: str = "us-east-1") -> None:
        self.region = region
        self.interfaces: dict[str, NetworkInterface] = {}
        self._attached = 0

    def zone_of_subnet(self, subnet_id: str) -> str | None:
        """The zone told by the id's last letter."""
        return f"{self.region}{subnet_id[-1]}"

    def missing_security_group(self, group_ids: Sequence[str]) -> str | None:
        """None: every group exists here."""
        return None

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

    def pull_image(self, task: Task, container: Container) -> str:
        """Every image is there; its digest is all zeros."""
        return "sha256:" + "0" * 64

    def run_container(self, task: Task, container: Container) -> ContainerRun:
        """The container runs until it is stopped."""
        return ContainerRun()
