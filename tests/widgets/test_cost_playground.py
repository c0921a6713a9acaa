"""The playground of costs: bills, chart and crossing follow the fields, and fit each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ecs_lab import cost, playground
from ecs_lab.playground.costs import MOST_TASKS, bills, ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecs_lab.playground.costs import CostPlayground


MARK = re.compile(r'd="M([0-9.]+) [0-9]+V[0-9]+"[^>]*stroke-dasharray="4 4"')
"""Where the vertical line stands."""


@pytest.fixture
def board() -> Iterator[CostPlayground]:
    """The playground as it is opened."""
    opened = playground.cost()
    yield opened
    opened.close()


def test_it_begins_with_the_loads_of_the_notebook(board: CostPlayground) -> None:
    """Eight tasks of half a vCPU, all month: the headline has the sums of the three bills."""
    sums = {bill.name: bill.usd for bill in bills(board.values)}
    load = cost.Load(tasks=8, cpu_units=512, memory_mib=1024)
    assert sums["Fargate"] == cost.fargate(load).usd
    assert sums["EC2 m5.large"] == cost.ec2(load, "m5.large").usd
    words = ", ".join(f"{name} ${usd}" for name, usd in sums.items())
    assert board.notice.startswith(f"8 tasks a month: {words}. Fargate Spot is cheapest. ")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"tasks": 3, "cpu": "1024", "memory": 4096, "machine": "m5.xlarge"},
        {"hours": 200, "always": True, "filled": 60, "commitment": 30, "spot": 50},
        {"machine": "m7g.large"},
    ],
)
def test_bills_and_chart_say_the_same(board: CostPlayground, values: dict[str, object]) -> None:
    """Whatever the fields are, the chart at the number of tasks is the bill's sum."""
    board.set(**values)
    assert isinstance(board.result, cost.Comparison)
    at = board.values["tasks"] - 1
    in_chart = {name: usd[at] for name, usd in board.result.usd.items()}
    assert {bill.name: bill.usd for bill in bills(board.values)} == in_chart


def test_the_crossing_moves_with_the_fields(board: CostPlayground) -> None:
    """Instances that run at night, or half empty, are never below Fargate; cheap ones soon are."""
    assert "numbers of tasks: 4, 8, 12, " in board.notice
    board.set(hours=260, always=True)
    assert board.notice.endswith("numbers of tasks: none.")
    board.set(hours=730, filled=50)
    assert board.notice.endswith("numbers of tasks: none.")
    board.set(filled=100, commitment=50)
    assert board.notice.endswith("numbers of tasks: from 2 on.")


def test_an_arm_instance_is_compared_with_fargate_on_arm(board: CostPlayground) -> None:
    """The same image cannot run on both architectures, so both have the same."""
    board.set(machine="m7g.large")
    price = cost.prices()["fargate.ARM64.vcpu"]
    text = board.as_text()
    assert f"Fargate, vCPU-hour, ARM64 | ${price.usd} | {price.as_of} | {price.source}" in text
    assert (
        f"x m7g.large, {cost.tasks_on(cost.machine('m7g.large'), cost.Load(8, 512, 1024))} tas"
        in text
    )


def test_the_chart_is_marked_and_readable_as_a_table(board: CostPlayground) -> None:
    """An image with a name and words, a line at the number of tasks, a row for every number."""
    html = board.as_html()
    assert 'role="img"' in html
    assert "<caption>USD a month</caption>" in html
    for tasks in (1, MOST_TASKS):
        assert f'<th scope="row">{tasks}</th>' in html
    assert board.as_text().count("m5.large") > 1
    marks = [MARK.findall(html)]
    board.set(tasks=9)
    marks.append(MARK.findall(board.as_html()))
    ((before,), (after,)) = marks
    assert float(after) > float(before)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"memory": 30720}, "Fargate has no task of 0.5 vCPU with 30720 MiB: with that CPU, "),
        ({"memory": 30720}, "memory is 1024 to 4096 in steps of 1024 MiB."),
        ({"cpu": "256", "memory": 1536}, "memory is 512, 1024 or 2048 MiB."),
        ({"cpu": "4096", "memory": 8192}, "No task of 4096 CPU units and 8192 MiB fits on an m5"),
    ],
)  # fmt: skip
def test_a_task_that_cannot_be_is_told(
    board: CostPlayground, values: dict[str, object], sentence: str
) -> None:
    """In one sentence with what there is instead, and without a chart."""
    board.set(**values)
    assert sentence in board.notice
    assert sentence in board.as_text()
    assert "<svg" not in board.as_html()


@pytest.mark.parametrize(
    ("counts", "words"), [([], "none"), ([2], "2"), ([2, 3, 9], "2-3, 9"), ([39, 40], "from 39 on"),
                          ([40], "40")]
)  # fmt: skip
def test_numbers_are_said_as_people_say_them(counts: list[int], words: str) -> None:
    """Neighbours together, and the end of the chart as what goes on."""
    assert ranges(counts) == words
