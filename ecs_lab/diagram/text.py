"""A picture in words: a nested list that says what the drawing shows."""

from __future__ import annotations

import re

from ecs_lab.diagram.changes import Changes
from ecs_lab.diagram.graph import Graph, Node
from ecs_lab.diagram.kinds import kinds

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029\u202a-\u202e\u2066-\u2069]+"
)


def clean(words: str) -> str:
    """Text that XML can hold and a card can show: control characters and line ends are blanks."""
    return " ".join(_UNPRINTABLE.sub(" ", words).split())


def to_text(graph: Graph, changes: Changes | None = None) -> str:
    """The title, what changed, and every node and group as a line, indented like the boxes."""
    marks = changes or Changes()
    lines = [clean(graph.title), *_summary(marks)]

    def add(group: str | None, depth: int) -> None:
        for item in children.get(group, []):
            lines.append(f"{'  ' * depth}- {in_words(item, marks.badge(item))}")
            lines.extend(f"{'  ' * (depth + 1)}- {line}" for line in heads.get(item.key, []))
            add(item.key, depth + 1)

    children: dict[str | None, list[Node]] = {}
    for item in graph:
        children.setdefault(item.group, []).append(item)
    heads = _edges_in_words(graph)
    add(None, 0)
    return "\n".join(lines)


def _summary(changes: Changes) -> list[str]:
    numbers = ((changes.new, "new"), (changes.changed, "changed"), (changes.gone, "gone"))
    said = [f"{len(keys):,} {word}" for keys, word in numbers if keys]
    return [f"Since the last picture: {', '.join(said)}"] if said else []


def in_words(item: Node, mark: str = "") -> str:
    """One node in a line: "Service web (2 of 2 running): launch type EC2 [new]"."""
    name = " ".join(f"{kinds()[item.kind].says} {item.label}".split())
    state = f" ({item.status})" if item.status else ""
    more = "; ".join((*item.detail, *item.roles))
    line = f"{name}{state}{': ' if more else ''}{more}{f' [{mark}]' if mark else ''}"
    return clean(line)


def _edges_in_words(graph: Graph) -> dict[str, list[str]]:
    """For each node that lines start from, a line that names where they go: "runs A, B"."""
    names = {item.key: clean(item.label) for item in graph}
    heads: dict[tuple[str, str], list[str]] = {}
    for edge in graph.edges:
        heads.setdefault((edge.tail, edge.says), []).append(names[edge.head])
    said: dict[str, list[str]] = {}
    for (tail, verb), ends in heads.items():
        said.setdefault(tail, []).append(f"{verb} {', '.join(ends)}")
    return said
