"""Playgrounds: change a setting, and see at once what follows.

    from ecs_lab import playground

    playground.rolling()
    playground.placement()
    playground.policy()
    playground.request_path()
    playground.cost()

Each plays its scene in a lab of its own, by ordinary calls; the learner's lab stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from ecs_lab.playground.unwatched import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecs_lab.playground.costs import CostPlayground
    from ecs_lab.playground.placements import PlacementPlayground
    from ecs_lab.playground.policies import PolicyPlayground
    from ecs_lab.playground.request_paths import RequestPlayground
    from ecs_lab.playground.rollouts import RollingPlayground

_Board = TypeVar("_Board")


def _opened(kind: Callable[[], _Board]) -> _Board:
    """The playground; while somebody else holds the labs of what runs, to grade them, nobody looks
    at it, and it plays only when asked.
    """
    from ecs_lab import lab

    return kind() if lab.new_world is lab.local_world else cast("_Board", Unwatched(kind))


def cost() -> CostPlayground:
    """What a load costs on Fargate, Fargate Spot and EC2, and where the cheapest changes."""
    from ecs_lab.playground.costs import CostPlayground

    return _opened(CostPlayground)


def placement() -> PlacementPlayground:
    """Strategies and constraints against container instances: which task goes where, and why one
    goes nowhere.
    """
    from ecs_lab.playground.placements import PlacementPlayground

    return _opened(PlacementPlayground)


def policy() -> PolicyPlayground:
    """A role, a call and policies: allowed or denied, by which statement, and what would allow
    it.
    """
    from ecs_lab.playground.policies import PolicyPlayground

    return _opened(PolicyPlayground)


def request_path() -> RequestPlayground:
    """Requests through an Application Load Balancer: the rule, the target group and the task that
    each one comes to, or what is in its way.
    """
    from ecs_lab.playground.request_paths import RequestPlayground

    return _opened(RequestPlayground)


def rolling() -> RollingPlayground:
    """A rolling deployment: what the desired count and the two percentages make of its schedule."""
    from ecs_lab.playground.rollouts import RollingPlayground

    return _opened(RollingPlayground)
