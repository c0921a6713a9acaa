"""The lab that ECR is asked in, and its time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ecs_lab.aws.moto_state import MotoState

if TYPE_CHECKING:
    from ecs_lab.aws.world import World


def world() -> World:
    """The world of the lab that is in moto's tables."""
    found = MotoState.current.owner if MotoState.current is not None else None
    if found is None:
        raise NotImplementedError("ECR lives in a lab: open one with ecs_lab.Lab()")
    return found


def now_s() -> float:
    """The lab's time, in seconds since the epoch."""
    return world().now()


def now() -> datetime:
    """The lab's time as moto's answers show it."""
    return datetime.fromtimestamp(now_s(), UTC)
