"""What placement-no-place gives: a service whose rules leave no place for its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service whose rules leave no place for its tasks."""
    clinic.on_instances(
        lab,
        variant.cluster,
        subnets=lab.network.private_subnets[:2],
        count=3,
        placementConstraints=[
            {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ t2.*"},
            {"type": "distinctInstance"},
        ],
    )
