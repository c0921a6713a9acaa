"""The same tasks on Fargate, Fargate Spot and EC2 for a growing number, and where the cheaper one
changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

from ecs_lab.cost.bills import SPOT_DISCOUNT_AT_MOST, Bill, Load, Number, ec2, fargate, fargate_spot
from ecs_lab.cost.prices import CostError

if TYPE_CHECKING:
    from ecs_lab.diagram.chart import Chart


@dataclass(frozen=True)
class Comparison:
    """Monthly costs in USD: `usd[name][i]` is what `tasks[i]` tasks cost on that capacity."""

    title: str
    tasks: tuple[int, ...]
    usd: dict[str, tuple[Decimal, ...]]

    def cheaper_at(self, this: str, other: str) -> list[int]:
        """The numbers of tasks at which `this` costs less than `other`; on EC2 they come and go
        with every instance that is full.
        """
        pairs = zip(self.tasks, self.usd[this], self.usd[other], strict=True)
        return [count for count, mine, theirs in pairs if mine < theirs]

    def cheapest(self, tasks: int) -> str:
        """The cheapest capacity for that many tasks."""
        at = self.tasks.index(tasks)
        return min(self.usd, key=lambda name: self.usd[name][at])

    def chart(self, mark: float | None = None) -> Chart:
        """The comparison as a chart that draws itself in a notebook, with a table for screen
        readers; `mark` is a number of tasks to point at.
        """
        from ecs_lab.diagram.chart import Chart, Series

        series = tuple(
            Series(name, tuple(float(usd) for usd in values), steps=name.startswith("EC2"))
            for name, values in self.usd.items()
        )
        return Chart(self.title, "tasks", "USD a month", self.tasks, series, mark)

    def __str__(self) -> str:
        names = list(self.usd)
        width = max(map(len, names), default=0)
        head = "tasks  " + "  ".join(f"{name:>{width}}" for name in names)
        rows = [
            f"{count:5}  " + "  ".join(f"{self.usd[name][at]:>{width}}" for name in names)
            for at, count in enumerate(self.tasks)
        ]
        return "\n".join([self.title, head, *rows])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in ("tasks", *self.usd))
        rows = "".join(
            f"<tr><th scope='row'>{count}</th>"
            + "".join(f"<td>${values[at]}</td>" for values in self.usd.values())
            + "</tr>"
            for at, count in enumerate(self.tasks)
        )
        return (
            f"<table><caption>{escape(self.title)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def compare(
    load: Load,
    tasks: Sequence[int],
    instance_type: str,
    *,
    spot_discount_percent: Number = SPOT_DISCOUNT_AT_MOST,
    architecture: str = "X86_64",
    ec2_hours: Number | None = None,
    ec2_discount_percent: Number = 0,
    target_capacity: int = 100,
    at_most: int | None = None,
) -> Comparison:
    """The costs of `load` with each number of tasks, on Fargate, Fargate Spot and EC2.

    `ec2_hours` are the hours that the instances run (as long as the tasks when left out);
    `at_most` and `target_capacity` are those of `ec2`.

    >>> both = compare(Load(tasks=0, cpu_units=1024, memory_mib=2048), [1, 2, 3], "m5.large")
    >>> [str(usd) for usd in both.usd["EC2 m5.large"]]
    ['70.08', '70.08', '140.16']
    >>> both.cheapest(2), both.cheaper_at("EC2 m5.large", "Fargate")
    ('Fargate Spot', [2])
    """
    if not tasks or list(tasks) != sorted(set(tasks)):
        raise CostError("Give numbers of tasks that grow, such as range(1, 21).")
    bills: dict[str, list[Bill]] = {}
    for count in tasks:
        at = replace(load, tasks=count)
        for bill in (
            fargate(at, architecture=architecture),
            fargate_spot(at, discount_percent=spot_discount_percent, architecture=architecture),
            ec2(at, instance_type, hours=ec2_hours, discount_percent=ec2_discount_percent,
                target_capacity=target_capacity, at_most=at_most),
        ):  # fmt: skip
            bills.setdefault(bill.name, []).append(bill)
    return Comparison(
        f"{load.cpu_units} CPU units and {load.memory_mib} MiB a task, {load.hours} hours a month",
        tuple(tasks),
        {name: tuple(bill.usd for bill in each) for name, each in bills.items()},
    )
