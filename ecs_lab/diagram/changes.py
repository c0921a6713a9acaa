"""What changed since the last picture: what is new, what has another status, what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ecs_lab.diagram.graph import Graph, Node
from ecs_lab.diagram.kinds import tone_of

GHOST_TONE = "off"


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of what is new and gone, and of what changed with the status it had before."""

    new: frozenset[str] = frozenset()
    changed: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)

    def badge(self, node: Node) -> str:
        """The few words that mark a node in the picture: "new", "was PENDING", "gone", "12 new"."""
        if node.ghost:
            return "gone"
        if node.members:
            number = len(self.new.intersection(node.members))
            return f"{number:,} new" if number else ""
        if node.key in self.new:
            return "new"
        return f"was {self.changed[node.key]}" if node.key in self.changed else ""


def compare(before: Graph | None, now: Graph) -> Changes:
    """What happened between two pictures of one lab; nothing is new in a first picture."""
    if before is None or before.view != now.view:
        return Changes()
    old, new = before.known, now.known
    return Changes(
        new=frozenset(new.keys() - old.keys()),
        changed={k: old[k] for k in new if k in old and old[k] != new[k]},
        gone=frozenset(k for k in old.keys() - new.keys() if tone_of(old[k]) != "off"),
    )


def with_ghosts(before: Graph | None, now: Graph, changes: Changes) -> Graph:
    """The picture with what is gone since the last one drawn once more, as ghosts at their places.

    A ghost is left out where its place is gone as well.
    """
    if before is None or not changes.gone:
        return now
    items = list(now.items)
    for old in before.items:
        if old.key not in changes.gone or old.ghost:
            continue
        there = [i for i, n in enumerate(items) if old.group in (n.key, n.group)]
        if there and not items[there[0]].ghost:
            items.insert(there[-1] + 1, _ghost(old))
    return replace(now, items=tuple(items))


def _ghost(node: Node) -> Node:
    return Node(
        node.key, node.kind, node.label, node.group, tone=GHOST_TONE, note=node.note, ghost=True
    )
