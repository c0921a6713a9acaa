"""What ecr-lifecycle gives: six weeks of releases, tries and builds whose tag has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

DAY_S = 24 * 60 * 60
PUSHED = (
    (42, ["release-1"]), (38, ["release-2", "dev-a"]), (33, ["dev-b", "release-3"]),
    (30, ["dev-c"]), (25, ["nightly"]), (20, ["hotfix"]), (9, ["dev-d"]), (6, ["nightly"]),
    (5, ["release-4"]), (3, ["nightly"]), (1, ["dev-e"]),
)  # fmt: skip
"""How many days ago an image was pushed, and with which tags."""


def build(lab: Lab) -> None:
    """A repository with images of many days."""
    ago = PUSHED[0][0]
    for days, tags in PUSHED:
        lab.wait((ago - days) * DAY_S)
        ago = days
        for tag in tags:
            lab.registry.push(f"{variant.rule.name}/web:{tag}", script=f"print({days})")
    lab.wait(ago * DAY_S)
