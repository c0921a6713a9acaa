"""A graph as DOT text: task definitions above, ECS clusters under them, the VPC at the bottom.

Each ECS cluster and each VPC is one node whose label is a table of tables (see `cards`), so that
zones stay columns, public subnets stay above private ones, and nothing jumps when a task is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import graphviz

from ecs_lab.diagram import cards
from ecs_lab.diagram.cards import Block
from ecs_lab.diagram.changes import Changes
from ecs_lab.diagram.graph import Edge, Graph, Group, Node
from ecs_lab.diagram.kinds import inks, kinds
from ecs_lab.diagram.legend import legend
from ecs_lab.diagram.text import clean

FONT = "Arial"  # its widths are known to every Graphviz; the SVG names others of the same width
ZONE_WIDTH = 176
APART = ("region", "ecs-cluster")
"""Boxes whose things get a line each: one line to the box would say too little."""
TIERS = ("public-subnet", "private-subnet")


def to_dot(graph: Graph, changes: Changes | None = None) -> str:
    """DOT text of a graph, the same for the same graph, with what changed marked."""
    return _Writer(graph, changes or Changes()).write()


def port_of(graph: Graph, key: str) -> str:
    """The name under which a node stands in the DOT text and as an id in the SVG: "n12"."""
    return {item.key: f"n{number}" for number, item in enumerate(graph)}[key]


class _Writer:
    def __init__(self, graph: Graph, changes: Changes) -> None:
        self.graph, self.changes = graph, changes
        self.ports = {item.key: f"n{number}" for number, item in enumerate(graph)}
        self.by_key = {item.key: item for item in graph}
        self.children: dict[str | None, list[Node]] = {}
        for item in graph:
            self.children.setdefault(item.group, []).append(item)
        line, ink = inks()["line"].light, inks()["ink"].light
        self.dot = graphviz.Digraph(
            graph_attr={
                "bgcolor": "transparent",
                "rankdir": "TB",
                "nodesep": "0.3",
                "ranksep": "0.4",
                "outputorder": "edgesfirst",
                "fontname": FONT,
                "pad": "0.1",
            },
            node_attr={"shape": "plain", "fontname": FONT, "fontcolor": ink},
            edge_attr={"color": line, "arrowsize": "0.6", "penwidth": "1.1"},
        )

    def write(self) -> str:
        for top in self.children.get(None, []):
            if self.graph.view == "responsibility":
                self._node(self.dot, top)
            else:
                self._region(top)
        for tail, head in self._lines():
            self.dot.edge(tail, head)
        self._legend()
        return str(self.dot.source)

    def _region(self, region: Node) -> None:
        look = kinds()[region.kind]
        says = cards.font(f"{look.says} {clean(region.label)}", look.light, cards.NORMAL, "B")
        attributes = {
            "label": f"<{says}>",
            "labeljust": "l",
            "color": look.light,
            "style": "rounded,dashed",
            "margin": "12",
            "fontname": FONT,
        }
        with self.dot.subgraph(name="cluster_region", graph_attr=attributes) as inside:
            for item in self.children.get(region.key, []):
                self._node(inside, item)
            self._keep_in_rows(inside, self.children.get(region.key, []))

    def _node(self, into: graphviz.Digraph, item: Node) -> None:
        # Each node has a label of its own: a default one is lost in the first graph of a process
        # (pygraphviz 2.0.4).
        into.node(self.ports[item.key], label=f"<{self._block(item).html}>")

    def _keep_in_rows(self, into: graphviz.Digraph, items: Sequence[Node]) -> None:
        """Lines not drawn: they put ECS clusters under task definitions and VPCs under both."""
        rows = [
            [i for i in items if i.kind not in ("ecs-cluster", "vpc")],
            [i for i in items if i.kind == "ecs-cluster"],
            [i for i in items if i.kind == "vpc"],
        ]
        filled = [r for r in rows if r]
        for upper, lower in pairwise(filled):
            for tail in upper:
                into.edge(self.ports[tail.key], self.ports[lower[0].key], style="invis")
            for head in lower[1:]:
                into.edge(self.ports[upper[0].key], self.ports[head.key], style="invis")

    def _block(self, item: Node, height: float = 0) -> Block:
        mark, port = self.changes.badge(item), self.ports[item.key]
        if not isinstance(item, Group):
            return cards.card(item, mark, port)
        least = ZONE_WIDTH if item.kind in TIERS else 0
        return cards.box(item, mark, port, self._content(item), least=least, height=height)

    def _content(self, group: Group) -> list[list[Block]]:
        """What is in a box, as rows of blocks."""
        children = self.children.get(group.key, [])
        if group.kind == "vpc":
            return [self._zones([c for c in children if isinstance(c, Group)])]
        across = kinds()[group.kind].across
        blocks = [self._block(child) for child in children]
        return [blocks[i : i + across] for i in range(0, len(blocks), across)]

    def _zones(self, zones: Sequence[Group]) -> list[Block]:
        """The zones side by side: their public subnets equally high, and so their private ones."""
        heights = {
            tier: max((cards.stacked(self._subnets(z, tier)).height for z in zones), default=0)
            for tier in TIERS
        }
        return [self._zone(zone, heights) for zone in zones]

    def _zone(self, zone: Group, heights: Mapping[str, float]) -> Block:
        rows = []
        for tier, height in heights.items():
            subnets = self._subnets(zone, tier)
            if len(subnets) == 1:
                subnets = self._subnets(zone, tier, height)
            rows.append([cards.filled(cards.stacked(subnets), height)])
        return cards.box(zone, self.changes.badge(zone), self.ports[zone.key], rows)

    def _subnets(self, zone: Group, tier: str, height: float = 0) -> list[Block]:
        there = [s for s in self.children.get(zone.key, []) if s.kind == tier]
        return [self._block(subnet, height) for subnet in there]

    def _lines(self) -> list[tuple[str, str]]:
        """Edges to draw: those to several tasks in one place become one line to the place."""
        shared: dict[tuple[str, str | None], list[Edge]] = {}
        for edge in self.graph.edges:
            head = self.by_key[edge.head]
            shared.setdefault((edge.tail, head.group), []).append(edge)
        lines = []
        for (tail, place), edges in shared.items():
            together = len(edges) > 1 and place and self.by_key[place].kind not in APART
            for target in [place] if together and place else [edge.head for edge in edges]:
                ends = self._anchor(tail), self._anchor(target)
                if ends[0][0] != ends[1][0]:
                    lines.append((_end(*ends[0], ":s"), _end(*ends[1], f"{cards.LANDING}:n")))
        return lines

    def _anchor(self, key: str) -> tuple[str, str]:
        """The DOT node in which something is drawn, and its port there."""
        item = self.by_key[key]
        while item.group and self.by_key[item.group].group is not None:
            item = self.by_key[item.group]
        return self.ports[item.key], self.ports[key]

    def _legend(self) -> None:
        if entries := legend(self.graph, self.changes):
            self.dot.node("legend", label=f"<{entries}>")
            for bottom in [i for i in self.graph if i.kind in ("vpc", "launch-type")][:1]:
                node, _ = self._anchor(bottom.key)
                self.dot.edge(node, "legend", style="invis")


def _end(node: str, port: str, side: str) -> str:
    return f"{node}:{port}{side}"
