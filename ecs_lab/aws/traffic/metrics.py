"""What load balancers count, once a minute of virtual time, for CloudWatch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecs_lab.aws.target_groups import LabTargetGroup
from ecs_lab.runtime.messages import Response

if TYPE_CHECKING:
    from ecs_lab.aws.world import World


class Metrics:
    """The counts of one world's load balancers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def request(self, balancer: Any) -> None:
        """A load balancer got a request."""

    def error(self, balancer: Any, status: int) -> None:
        """A load balancer answered by itself."""

    def answered(self, balancer: Any, group: LabTargetGroup, response: Response) -> None:
        """A target answered."""
