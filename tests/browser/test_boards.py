"""Time control and playgrounds in a real JupyterLab: by key and by click, in light and dark."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = [pytest.mark.browser, pytest.mark.slow]

TIME = """
from ecs_lab import Lab
from ecs_lab.quiz import scene
lab = Lab()
scene.cluster(lab)
scene.fargate_definition(lab)
lab.client("ecs").run_task(cluster="shop", taskDefinition="web", launchType="FARGATE",
                           networkConfiguration=scene.network(lab))
lab.time_control()
"""
PLAYGROUND = "from ecs_lab import playground\nplayground.{}()"
SLOW_MS = 120_000


def board(page: Any, name: str) -> Any:
    """A board, once it is on show."""
    found = page.get_by_role("region", name=name)
    found.get_by_role("heading", name=name).wait_for(timeout=SLOW_MS)
    return found


def told(found: Any, text: str) -> None:
    """Wait until the live region says so."""
    said = found.get_by_role("status").filter(has_text=re.compile(text))
    said.wait_for(timeout=SLOW_MS)


def finish(page: Any, found: Any, name: str) -> None:
    """A screenshot where one is wanted; axe finds nothing to object to."""
    from axe_playwright_python.sync_playwright import Axe

    if folder := os.environ.get("ECS_LAB_PICTURES"):
        found.screenshot(path=Path(folder) / f"{name}.png")
    violations = Axe().run(page, context=".ecs-lab-board").response["violations"]
    assert [each["id"] for each in violations] == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_time_is_played_and_stepped(run_cells: Callable[..., Any], theme: str) -> None:
    """Enter plays and pauses and the focus stays; a click jumps; a row tells each task's states."""
    page = run_cells(TIME, theme=theme)
    control = board(page, "Time in the lab")
    control.get_by_role("button", name="Next event").click()
    told(control, "later: task [0-9a-f]{8} PROVISIONING -> PENDING")
    control.get_by_role("button", name="Play").focus()
    page.keyboard.press("Enter")
    pause = control.get_by_role("button", name="Pause")
    pause.wait_for(timeout=SLOW_MS)
    assert pause.evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    told(control, "Paused")
    control.get_by_role("button", name="Until all is quiet").click()
    row = control.get_by_role("row", name=re.compile("PENDING .* RUNNING"))
    row.wait_for(timeout=SLOW_MS)
    finish(page, control, f"time-control-{theme[11:].lower()}")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_rollout_follows_the_sliders(run_cells: Callable[..., Any], theme: str) -> None:
    """Arrow keys move a slider, and the live region, the chart and the table follow."""
    page = run_cells(PLAYGROUND.format("rolling"), theme=theme)
    rolling = board(page, "Rolling deployment")
    rolling.get_by_role("slider", name="Maximum percent").focus()
    page.keyboard.press("ArrowLeft")
    told(rolling, "at most 7 at once")
    assert page.evaluate("document.activeElement.value") == "190"
    rolling.get_by_text("The schedule as a table").click()
    assert rolling.get_by_role("table", name="Tasks over time").get_by_role("row").count() > 3
    assert rolling.get_by_role("img", name="Tasks over time").count() == 1
    finish(page, rolling, f"rolling-{theme[11:].lower()}")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_placement_follows_its_fields(run_cells: Callable[..., Any], theme: str) -> None:
    """A strategy that is chosen and an expression that is typed change where tasks go."""
    page = run_cells(PLAYGROUND.format("placement"), theme=theme)
    placement = board(page, "Task placement")
    placement.get_by_label("Placement strategy").select_option("binpack by memory")
    told(placement, "on 2 of 3 instances")
    placement.get_by_label("Placement constraint").select_option("memberOf")
    expression = placement.get_by_label("Expression of memberOf")
    expression.wait_for(timeout=SLOW_MS)
    expression.fill("attribute:ecs.availability-zone in [us-east-1a]")
    page.keyboard.press("Enter")
    told(placement, "3 of 6 tasks placed, on 1 of 3 instances")
    finish(page, placement, f"placement-{theme[11:].lower()}")
