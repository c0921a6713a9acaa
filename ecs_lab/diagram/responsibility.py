"""The view "responsibility": who manages what on EC2 and on Fargate, you or AWS, side by side."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from ecs_lab.diagram.graph import Graph, Group, Node
from ecs_lab.diagram.reading import Record

LAUNCH_TYPES = {"ec2": "EC2", "fargate": "Fargate"}


@cache
def areas() -> list[dict[str, str]]:
    """The rows of `responsibility.csv`: each area, who manages it where, and AWS's page."""
    text = files(__package__).joinpath("responsibility.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def responsibility(snapshot: Record, title: str | None = None) -> Graph:
    """The graph of responsibilities; it is the same for every lab."""
    items: list[Node] = []
    for launch_type, name in LAUNCH_TYPES.items():
        box = f"launch-type:{launch_type}"
        items.append(Group(box, "launch-type", f"{name} launch type"))
        items += [_area(row, launch_type, box) for row in areas()]
    return Graph("responsibility", title or "Who manages what: EC2 and Fargate", tuple(items))


def _area(row: dict[str, str], launch_type: str, box: str) -> Node:
    says = row[f"{launch_type}_says"]
    return Node(
        f"responsibility:{launch_type}/{row['id']}",
        row[launch_type],
        row["area"],
        box,
        detail=(says,) if says else (),
        note=row["source"],
    )
