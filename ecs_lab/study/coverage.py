"""`ecs-lab doctor --coverage`: every operation of the ECS API, and whether the lab does it.

The operations are those of botocore's model; whether one works is asked of the engine itself.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import click


@dataclass(frozen=True)
class Covered:
    """One operation: whether the lab does it, and what it says where it does not."""

    operation: str
    works: bool
    sentence: str = ""


def coverage() -> list[Covered]:
    """All operations in the order of their names."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    from ecs_lab.engine.api import OPERATIONS
    from ecs_lab.engine.api.registry import why_not

    model = ServiceModel(Loader().load_service_model("ecs", "service-2"), "ecs")
    return [
        Covered(name, works=True)
        if name in OPERATIONS
        else Covered(name, works=False, sentence=why_not(name))
        for name in sorted(model.operation_names)
    ]


def show(*, as_json: bool) -> None:
    """Print the table, or the same as JSON."""
    covered = coverage()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in covered], indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("operation", "", "what the lab answers"):
        table.add_column(title, overflow="fold")
    for each in covered:
        mark = "[green]works[/]" if each.works else "[yellow]not simulated[/]"
        table.add_row(each.operation, mark, each.sentence)
    Console().print(table)
    works = sum(each.works for each in covered)
    click.echo(
        f"{works} of {len(covered)} operations work; "
        f"{len(covered) - works} answer NotSimulatedException."
    )
