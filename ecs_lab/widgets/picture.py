"""A picture of the lab on a board."""

from __future__ import annotations

from typing import Any

from ecs_lab.diagram import can_render
from ecs_lab.widgets.nodes import Node, element, svg


def picture(drawn: Any) -> list[Node]:
    """A `Picture`, or the widget of one, as nodes: drawn, or in words where it cannot be."""
    if not can_render():
        words = drawn.text
        return [element("pre", words, tabindex=0, aria_label="The architecture in words")]
    return [element("figure", svg(drawn.inline()))]
