"""What a picture shows: nodes, groups (drawn boxes) and edges, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """One thing in the picture.

    `key` is the same in every picture of the same lab ("task:4f1c…"), `kind` a row of `kinds.toml`,
    `status` AWS's word for its state, `group` the key of the box it is drawn in. `members` are the
    keys of what a summary stands for, `note` is said on hover only.
    """

    key: str
    kind: str
    label: str
    group: str | None = None
    status: str = ""
    tone: str = "good"
    detail: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    note: str = ""
    faded: bool = False
    ghost: bool = False


@dataclass(frozen=True, slots=True)
class Group(Node):
    """A drawn box: a node that holds others. It may be empty."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one node to another; `says` is the verb of the text form ("runs")."""

    tail: str
    head: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole picture, in drawing order: every group stands before what it holds.

    `known` maps the key of each resource in the lab to its status, drawn or summarised alike:
    what `changes.compare` compares, so that a task that moves into a summary is not called gone.
    """

    view: str
    title: str
    items: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def find(self, key: str) -> Node | None:
        """The node or group with this key, or None when it is not drawn."""
        return next((item for item in self.items if item.key == key), None)

    def inside(self, key: str | None) -> list[Node]:
        """What is drawn directly in the group with this key (None: at the top)."""
        return [item for item in self.items if item.group == key]
