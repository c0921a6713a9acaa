"""The lab in which a playground plays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ecs_lab.lab import Lab, local_world
from ecs_lab.worlds import World

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"


@contextmanager
def stage(world: World | None = None) -> Iterator[Lab]:
    """A lab for as long as this lasts; new, or on a world that was built before.

    It lives in this process also where a notebook is graded: what happens here is nobody's work.
    """
    with Lab(world=world or local_world(0, REGION)) as lab:
        yield lab
