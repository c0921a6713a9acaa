"""What ecr-scan-and-lock gives: two releases that nobody has scanned, and a service of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Two images on invented bases, and a service of the unsafe one."""
    lab.registry.push(
        f"{variant.release.name}/web:{variant.release.clean}", like="example.com/base:new"
    )
    unsafe = lab.registry.push(
        f"{variant.release.name}/web:{variant.release.unsafe}", like="example.com/base:old"
    )
    clinic.on_fargate(lab, variant.release.name, clinic.web(image=unsafe))
