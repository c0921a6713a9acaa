"""What clinic-attribute gives: a placement constraint on an attribute that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A placement constraint on an attribute that nobody has."""
    expression = f"attribute:stack == {variant.stack}"
    clinic.on_instances(
        lab,
        variant.cluster,
        subnets=lab.network.private_subnets[:2],
        placementConstraints=[{"type": "memberOf", "expression": expression}],
    )
