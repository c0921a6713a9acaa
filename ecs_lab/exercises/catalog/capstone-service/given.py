"""What capstone-service gives: an image, a secret and a menu, and nothing that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import capstone
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """The empty cluster, the application's image, the secret, and the bucket with the menu."""
    capstone.give(lab, variant.name, variant.port, "tea-time")
