"""The playground of costs: one load on Fargate, on Fargate Spot and on EC2, and where the cheapest
of them changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ecs_lab import cost
from ecs_lab.engine.fargate_sizes import SIZES, memory_values
from ecs_lab.widgets.board import Board
from ecs_lab.widgets.fields import Choice, Flag, Number
from ecs_lab.widgets.nodes import Child, Node, element, fold, svg, table

MOST_TASKS = 40
SPOT = "Fargate Spot"
_UNITS = [size.cpu_units for size in SIZES if size.cpu_units <= 4096]

FIELDS = (
    Number("tasks", "Tasks", 8, 1, MOST_TASKS),
    Choice("cpu", "vCPU of a task", "512", [(str(each), f"{each / 1024:g}") for each in _UNITS]),
    Number("memory", "Memory of a task", 1024, 512, 30720, 512, " MiB"),
    Number("hours", "Hours a month that tasks run", cost.HOURS_A_MONTH, 10, 730, 10, " h"),
    Choice("machine", "EC2 instance type", "m5.large", [(each, each) for each in cost.machines()]),
    Number("filled", "How full instances are kept", 100, 10, 100, 5, " %"),
    Number("commitment", "Discount on EC2 (Savings Plan or Spot)", 0, 0, 90, 5, " %"),
    Number("spot", "Discount of Fargate Spot", cost.SPOT_DISCOUNT_AT_MOST, 0,
           cost.SPOT_DISCOUNT_AT_MOST, 5, " %"),
    Flag("always", "Instances also run when no task does"),
)  # fmt: skip


def play(asked: dict[str, Any]) -> cost.Comparison | str:
    """The costs for 1 to `MOST_TASKS` tasks; a sentence where such tasks cannot be."""
    units, memory = int(asked["cpu"]), asked["memory"]
    offered = memory_values(units)
    if memory not in offered:
        return (
            f"Fargate has no task of {units / 1024:g} vCPU with {memory} MiB: with that CPU, "
            f"memory is {_spans(offered)} MiB."
        )
    kind = cost.machine(asked["machine"])
    try:
        return cost.compare(
            cost.Load(0, units, memory, asked["hours"]), range(1, MOST_TASKS + 1), asked["machine"],
            architecture=kind.architecture, spot_discount_percent=asked["spot"],
            ec2_discount_percent=asked["commitment"], target_capacity=asked["filled"],
            ec2_hours=cost.HOURS_A_MONTH if asked["always"] else None,
        )  # fmt: skip
    except cost.CostError as error:
        return str(error)


def bills(asked: dict[str, Any]) -> list[cost.Bill]:
    """The three bills for the number of tasks that is asked for."""
    kind = cost.machine(asked["machine"])
    load = cost.Load(asked["tasks"], int(asked["cpu"]), asked["memory"], asked["hours"])
    always = cost.HOURS_A_MONTH if asked["always"] else None
    return [
        cost.fargate(load, architecture=kind.architecture),
        cost.fargate_spot(load, architecture=kind.architecture, discount_percent=asked["spot"]),
        cost.ec2(load, asked["machine"], hours=always, discount_percent=asked["commitment"],
                 target_capacity=asked["filled"]),
    ]  # fmt: skip


def _spans(values: Sequence[int]) -> str:
    """Amounts with one step between them as a span, few of them as a list.

    >>> _spans((512, 1024, 2048)), _spans((1024, 2048, 3072, 4096))
    ('512, 1024 or 2048', '1024 to 4096 in steps of 1024')
    """
    steps = {after - before for before, after in pairwise(values)}
    if len(values) > 3 and len(steps) == 1:
        return f"{values[0]} to {values[-1]} in steps of {steps.pop()}"
    return f"{', '.join(map(str, values[:-1]))} or {values[-1]}"


def ranges(counts: Sequence[int]) -> str:
    """Numbers as people say them.

    >>> ranges([3, 4, 6, 7, 8]), ranges([5]), ranges(range(30, 41)), ranges([])
    ('3-4, 6-8', '5', 'from 30 on', 'none')
    """
    groups: list[list[int]] = []
    for count in counts:
        if groups and count == groups[-1][-1] + 1:
            groups[-1].append(count)
        else:
            groups.append([count])
    return ", ".join(map(_range, groups)) or "none"


def _range(group: list[int]) -> str:
    if group[-1] == MOST_TASKS and len(group) > 1:
        return f"from {group[0]} on"
    return f"{group[0]}-{group[-1]}" if len(group) > 1 else str(group[0])


class CostPlayground(Board):
    """Sliders for a load and for capacity, the three bills, and the chart in which they cross."""

    result: cost.Comparison | str

    def __init__(self) -> None:
        super().__init__("Cost: EC2, Fargate and Spot", FIELDS)
        self.changed()

    def changed(self) -> None:
        """Reckon it anew."""
        self.result = play(self.values)
        self.show(self._headline())

    @property
    def machine(self) -> str:
        """The line of EC2 in the comparison."""
        return f"EC2 {self.values['machine']}"

    def _headline(self) -> str:
        if isinstance(self.result, str):
            return self.result
        tasks = self.values["tasks"]
        each = [f"{name} ${self.result.usd[name][tasks - 1]}" for name in self.result.usd]
        below = ranges(self.result.cheaper_at(self.machine, "Fargate"))
        return (
            f"{tasks} tasks a month: {', '.join(each)}. {self.result.cheapest(tasks)} is cheapest. "
            f"EC2 is below Fargate at these numbers of tasks: {below}."
        )

    def parts(self) -> list[Node]:
        """The fields, the chart, the bills, the chart as a table, and whence the prices are."""
        fields = element("div", *(self.field(each.name) for each in FIELDS), class_="fields")
        if isinstance(self.result, str):
            return [fields, element("p", self.result, class_="failed")]
        chart = self.result.chart(mark=self.values["tasks"])
        return [
            fields,
            element("figure", svg(chart.svg)),
            self._bills(),
            fold("The chart as a table", self._table(self.result), key="table"),
            fold("The prices, each with its day and page", _prices(self.values), key="prices"),
        ]

    def _bills(self) -> Node:
        rows = [
            [bill.name, line.what, f"{line.quantity.normalize():f} {line.unit}",
             f"${line.usd_each.normalize():f}", f"${line.usd:.2f}"]
            for bill in bills(self.values) for line in bill.lines
        ]  # fmt: skip
        heads = ["On", "What", "How much", "Price", "A month"]
        return element("figure", table(f"The bills of {self.values['tasks']} tasks", heads, rows))

    def _table(self, found: cost.Comparison) -> Node:
        rows = [
            [str(tasks), *(f"${values[at]}" for values in found.usd.values()),
             found.cheapest(tasks)]
            for at, tasks in enumerate(found.tasks)
        ]  # fmt: skip
        return table("USD a month", ["Tasks", *found.usd, "cheapest"], rows)


def _prices(asked: dict[str, Any]) -> Node:
    """The prices that these bills are made of."""
    kind = cost.machine(asked["machine"])
    used = [cost.prices()[f"fargate.{kind.architecture}.{of}"] for of in ("vcpu", "gb")]
    rows: list[Sequence[Child]] = [
        [f"Fargate, {each.unit}, {kind.architecture}", f"${each.usd}", each.as_of,
         _page(each.source)]
        for each in used
    ]  # fmt: skip
    rows.append([kind.instance_type, f"${kind.usd_per_hour}", kind.as_of, _page(kind.source)])
    caption = f"Prices in {cost.REGION}; EBS volumes and data transfer are not in it"
    return table(caption, ["Of", "USD", "On", "Page"], rows)


def _page(url: str) -> Node:
    return element("a", url, href=url)
