"""What has been found out at this moment about roles and ways, so that a hundred tasks that start
at once do not ask the same a hundred times.

It is forgotten as soon as time moves or somebody changes something by an API call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ecs_lab.aws.memory import Memory
from ecs_lab.aws.network import Obstacle, Place

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

Look = Callable[[Place, str], "Obstacle | None"]
"""Finds what keeps a place from somewhere."""


class Known:
    """What is known now: which requests IAM allows, and what is in the way of whom."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._memory = Memory()

    def refusal(self, role_arn: str, action: str, resource: str, session_name: str) -> str | None:
        """AWS's message where a role may not do an action on a resource, None where it may."""
        allowed, asked = self._memory.of(self._moment), ("do", role_arn, action, resource)
        if asked in allowed:
            return None
        decision = self._world.access.decide(role_arn, action, resource, session_name=session_name)
        if not decision:
            return decision.message
        allowed[asked] = True
        return None

    def cannot_assume(self, role_arn: str, service: str, context: dict[str, str]) -> str | None:
        """Why a service of AWS cannot assume a role, or None when it can."""
        asked = ("assume", role_arn, service, *context.values())
        return self._memory.once(
            self._moment,
            asked,
            lambda: self._world.access.cannot_assume(role_arn, service, context),
        )

    def obstacle(self, place: Place, look: Look, where: str) -> Obstacle | None:
        """What keeps a place from somewhere: the same for all of a subnet with the same groups."""
        public = place.public_ip is not None
        asked = ("go", place.subnet_id, place.group_ids, public, look.__name__, where)
        return self._memory.once(self._moment, asked, lambda: look(place, where))

    @property
    def _moment(self) -> tuple[float, int]:
        return self._world.clock.now, self._world.changes
