"""What has been found out at this moment about roles and ways, so that a hundred tasks that start
at once do not ask the same a hundred times.

It is forgotten as soon as time moves or somebody changes something by an API call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ecs_lab.aws.network import Obstacle, Place

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

Look = Callable[[Place, str], "Obstacle | None"]
"""Finds what keeps a place from somewhere."""


class Known:
    """What is known now: which requests IAM allows, and what is in the way of whom."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._moment: tuple[float, int] = (0.0, 0)
        self._allowed: set[tuple[str, ...]] = set()
        self._obstacles: dict[tuple[object, ...], Obstacle | None] = {}

    def refusal(self, role_arn: str, action: str, resource: str, session_name: str) -> str | None:
        """AWS's message where a role may not do an action on a resource, None where it may."""
        self._forget()
        asked = (role_arn, action, resource)
        if asked in self._allowed:
            return None
        decision = self._world.access.decide(role_arn, action, resource, session_name=session_name)
        if not decision:
            return decision.message
        self._allowed.add(asked)
        return None

    def cannot_assume(self, role_arn: str, service: str, context: dict[str, str]) -> str | None:
        """Why a service of AWS cannot assume a role, or None when it can."""
        self._forget()
        asked = (role_arn, service, *context.values())
        if asked in self._allowed:
            return None
        refusal = self._world.access.cannot_assume(role_arn, service, context)
        if refusal is None:
            self._allowed.add(asked)
        return refusal

    def obstacle(self, place: Place, look: Look, where: str) -> Obstacle | None:
        """What keeps a place from somewhere: the same for all of a subnet with the same groups."""
        self._forget()
        public = place.public_ip is not None
        asked = (place.subnet_id, place.group_ids, public, look.__name__, where)
        if asked not in self._obstacles:
            self._obstacles[asked] = look(place, where)
        return self._obstacles[asked]

    def _forget(self) -> None:
        moment = (self._world.clock.now, self._world.changes)
        if moment != self._moment:
            self._moment = moment
            self._allowed.clear()
            self._obstacles.clear()
