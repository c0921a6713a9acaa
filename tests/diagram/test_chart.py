"""Line charts: SVG, words and table."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from ecs_lab.diagram.chart import Chart, Series
from ecs_lab.diagram.dress import SVG

CHART = Chart(
    "Costs <of> tasks", "tasks", "USD", (1, 2, 3),
    (Series("Fargate", (10, 20, 30)), Series("EC2", (25, 25, 50), steps=True)),
)  # fmt: skip


def test_the_svg_has_a_line_and_a_name_for_each_series() -> None:
    """Lines differ by dash as well as by colour, and their names stand at their ends."""
    root = ET.fromstring(CHART.svg)
    lines = [p for p in root.iter(f"{{{SVG}}}path") if p.get("fill") == "none"]
    assert (
        len({p.get("stroke-dasharray") for p in lines})
        == len({p.get("stroke") for p in lines})
        == 2
    )
    texts = [t.text for t in root.iter(f"{{{SVG}}}text")]
    assert {"Fargate", "EC2", "tasks", "Costs <of> tasks (USD)"} <= set(texts)


def test_a_line_of_steps_goes_along_and_up() -> None:
    """Instances come whole: the line jumps between two numbers of tasks."""
    root = ET.fromstring(CHART.svg)
    slope, steps = [p.get("d", "") for p in root.iter(f"{{{SVG}}}path") if p.get("fill") == "none"]
    assert "L" in slope
    assert "V" not in slope
    assert "L" not in steps
    assert steps.count("V") == 2


def test_names_at_the_ends_do_not_overlap() -> None:
    """Two lines that end at the same value keep their names apart."""
    same = Chart("t", "x", "y", (0, 1), (Series("a", (1, 5)), Series("b", (2, 5))))
    heights = {
        t.text: float(t.get("y", "0")) for t in ET.fromstring(same.svg).iter(f"{{{SVG}}}text")
    }
    assert abs(heights["a"] - heights["b"]) >= 14


def test_a_screen_reader_finds_title_summary_and_table() -> None:
    """The picture has a role and names, and the numbers stand in a table under it."""
    html = CHART._repr_html_()
    assert 'role="img"' in html
    assert "Fargate: 10 at 1 tasks, 30 at 3." in html
    assert "<th scope='row'>2</th><td>20</td><td>25</td>" in html
    assert "Costs &lt;of&gt; tasks" in html
    assert CHART.text.splitlines()[1] == "1 tasks: Fargate 10, EC2 25"


def test_a_chart_shown_twice_has_two_ids_and_the_same_text_otherwise() -> None:
    """Ids on a page are unique; the SVG of a chart is always the same."""
    assert CHART._repr_html_() != CHART._repr_html_()
    assert CHART.svg == CHART.svg


def test_a_chart_of_one_point_is_refused() -> None:
    """There is no line through one point."""
    with pytest.raises(ValueError, match="two xs or more"):
        Chart("t", "x", "y", (1,), (Series("a", (1,)),))
