"""Pictures of a lab: a snapshot in, an SVG with a text alternative out, what changed marked.

>>> from ecs_lab.diagram import draw
>>> picture = draw({"region": "us-east-1", "account": "123456789012"})
>>> print(picture.text)
Architecture of the lab in us-east-1
- Region us-east-1
  - no ECS cluster yet
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecs_lab.diagram.architecture import architecture
from ecs_lab.diagram.changes import Changes, compare, with_ghosts
from ecs_lab.diagram.graph import Edge, Graph, Group, Node
from ecs_lab.diagram.picture import Picture
from ecs_lab.diagram.render import RenderError, can_render
from ecs_lab.diagram.responsibility import responsibility

VIEWS = {"architecture": architecture, "responsibility": responsibility}

__all__ = [
    "VIEWS",
    "Changes",
    "Edge",
    "Graph",
    "Group",
    "Node",
    "Picture",
    "RenderError",
    "can_render",
    "draw",
]


def draw(
    snapshot: Mapping[str, Any],
    previous: Picture | Mapping[str, Any] | None = None,
    view: str = "architecture",
    title: str | None = None,
) -> Picture:
    """A picture of a lab's snapshot.

    `previous` is the picture (or snapshot) to compare with: what is new since then stands out,
    what is gone appears once more as a ghost. `view` is "architecture" or "responsibility" (who
    manages what on EC2 and on Fargate). `title` is the picture's accessible name. An unknown view
    is a ValueError.
    """
    if view not in VIEWS:
        raise ValueError(f"There is no view {view!r}: choose one of {', '.join(VIEWS)}.")
    before = previous.graph if isinstance(previous, Picture) else None
    if before is None and previous is not None and not isinstance(previous, Picture):
        before = VIEWS[view](previous)
    now = VIEWS[view](snapshot, title)
    changes = compare(before, now)
    return Picture(with_ghosts(before, now, changes), changes)
