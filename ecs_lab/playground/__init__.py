"""Playgrounds: change a setting, and see at once what ECS makes of it.

    from ecs_lab import playground

    playground.rolling()
    playground.placement()

Each plays its scene in a lab of its own, by ordinary calls; the learner's lab stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecs_lab.playground.placements import PlacementPlayground
    from ecs_lab.playground.rollouts import RollingPlayground


def placement() -> PlacementPlayground:
    """Strategies and constraints against container instances: which task goes where, and why one
    goes nowhere.
    """
    from ecs_lab.playground.placements import PlacementPlayground

    return PlacementPlayground()


def rolling() -> RollingPlayground:
    """A rolling deployment: what the desired count and the two percentages make of its schedule."""
    from ecs_lab.playground.rollouts import RollingPlayground

    return RollingPlayground()
