"""What ECS Managed Instances needs of EC2: instance types, and instances to launch and end.

The engine only knows this protocol; `ecs_lab.aws.managed_machines` answers it with moto's EC2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ecs_lab.engine.machine_types import MachineType

if TYPE_CHECKING:
    from ecs_lab.engine.model import CapacityProvider, Document


@dataclass(slots=True, frozen=True)
class Launch:
    """An EC2 instance that is to be launched for a capacity provider, in one of its subnets."""

    provider: CapacityProvider
    machine_type: MachineType
    subnet_id: str


class CannotLaunchError(Exception):
    """EC2 did not launch an instance; the text becomes the stoppedReason of its tasks."""


class Machines(Protocol):
    """EC2, as far as Managed Instances lean on it."""

    def types(self) -> Sequence[MachineType]:
        """The instance types of the Region."""

    def capabilities(self) -> frozenset[str]:
        """The names of the attributes that the agent on such an instance announces."""

    def problem(self, settings: Document) -> str | None:
        """What of a provider's settings (roles, network) does not exist, in a sentence."""

    def launch(self, launch: Launch) -> str:
        """Launch an instance; gives its id. Raises CannotLaunchError where it may not be."""

    def terminate(self, instance_id: str) -> None:
        """Terminate an instance; one that is gone already stays so."""


SMALL = MachineType("m5.large", 2, 8192, 7985, 10, 3)
LARGE = MachineType("m5.xlarge", 4, 16384, 15970, 20, 4)
ARM = MachineType("m7g.large", 2, 8192, 7985, 10, 3, "arm64", "amazon-web-services")


class RememberedMachines:
    """Instances that nothing runs on: a test registers them, and looks at what was asked for."""

    def __init__(self, capabilities: frozenset[str] = frozenset()) -> None:
        self.offered: list[MachineType] = [SMALL, LARGE, ARM]
        self.announced = capabilities
        self.launched: dict[str, Launch] = {}
        self.terminated: list[str] = []
        self.missing: str | None = None
        self.refusal: str | None = None

    def types(self) -> Sequence[MachineType]:
        """Those in `offered`."""
        return self.offered

    def capabilities(self) -> frozenset[str]:
        """Those in `announced`."""
        return self.announced

    def problem(self, settings: Document) -> str | None:
        """What `missing` says."""
        return self.missing

    def launch(self, launch: Launch) -> str:
        """Note the launch, or fail with what `refusal` says."""
        if self.refusal is not None:
            raise CannotLaunchError(self.refusal)
        instance_id = f"i-{len(self.launched):017x}"
        self.launched[instance_id] = launch
        return instance_id

    def terminate(self, instance_id: str) -> None:
        """Note that the instance is to end."""
        if instance_id not in self.terminated:
            self.terminated.append(instance_id)
