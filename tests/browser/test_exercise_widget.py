"""The exercise panel in a real JupyterLab: keyboard, screen reader, themes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = [pytest.mark.browser, pytest.mark.slow]

ID = "start-first-cluster"
# Each notebook begins with no hint used.
START = """
import os, tempfile
os.environ["ECS_LAB_DATA"] = tempfile.mkdtemp()
from ecs_lab import Lab
lab = Lab()
"""
CELL = f"{START}lab.exercise({ID!r})"
BUILD = "lab.client('ecs').create_cluster(clusterName='shop')"


def panel(page: Any) -> Any:
    """The panel, once it is on show."""
    found = page.get_by_role("region", name="Exercise: Your first cluster")
    found.get_by_role("button", name="Check").wait_for(timeout=90_000)
    return found


def test_exercise_is_checked_by_keyboard_alone(run_cells: Callable[..., Any]) -> None:
    """Enter and Space press the buttons; table, hint and solution appear; the notebook stays."""
    page = run_cells(CELL, BUILD)
    exercise = panel(page)
    status = exercise.get_by_role("status")
    cells = page.locator(".jp-Cell").count()

    exercise.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    status.filter(has_text="Not yet, 2 of 4 points").wait_for()
    row = exercise.get_by_role("row", name=re.compile("Container Insights is on"))
    assert "missed" in row.inner_text()
    assert "found: containerInsights disabled" in row.inner_text()
    page.keyboard.press("Enter")
    status.filter(has_text="Not yet, 2 of 4 points").wait_for()

    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    exercise.get_by_text("Hint 1 of 3").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    status.filter(has_text="opens when you have passed").wait_for()
    assert page.locator(".jp-Cell").count() == cells


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_exercise_is_accessible_in_both_themes(run_cells: Callable[..., Any], theme: str) -> None:
    """Region, buttons, table and live region are in the tree; axe finds nothing to object to."""
    from axe_playwright_python.sync_playwright import Axe

    page = run_cells(CELL, theme=theme)
    exercise = panel(page)
    exercise.get_by_role("button", name="Check").click()
    exercise.get_by_role("table", name=re.compile("Not yet, 0 of 4 points")).wait_for()
    exercise.get_by_role("button", name="Hint").click()
    exercise.get_by_text("Hint 1 of 3").wait_for()
    assert exercise.get_by_role("columnheader").count() == 4
    assert exercise.get_by_role("rowheader").count() == 4
    assert exercise.get_by_role("status").count() == 1
    if folder := os.environ.get("ECS_LAB_PICTURES"):
        exercise.screenshot(path=Path(folder) / f"exercise-{theme[11:].lower()}.png")
    found = Axe().run(page, context=".ecs-lab-exercise").response["violations"]
    assert [each["id"] for each in found] == []


def test_report_is_accessible_without_the_panel(run_cells: Callable[..., Any]) -> None:
    """lab.check in a cell gives a table with a name and headers."""
    from axe_playwright_python.sync_playwright import Axe

    page = run_cells(f"{START}lab.check({ID!r})")
    table = page.get_by_role("table", name=re.compile("Your first cluster: Not yet, 0 of 4"))
    table.wait_for(timeout=90_000)
    assert table.get_by_role("rowheader").count() == 4
    found = Axe().run(page, context=".ecs-lab-report").response["violations"]
    assert [each["id"] for each in found] == []
