"""The step builder in a real JupyterLab: by key and by click, in light and dark."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUILDER = 'from ecs_lab import Lab\nlab = Lab()\nsteps = lab.steps("fargate-alb")\nsteps'
TITLE = "A Fargate service behind an Application Load Balancer"
SLOW_MS = 120_000


def builder(page: Any) -> Any:
    """The panel, once it is on show."""
    found = page.get_by_role("region", name=TITLE)
    found.get_by_role("heading", name=TITLE).wait_for(timeout=SLOW_MS)
    return found


def told(found: Any, text: str) -> None:
    """Wait until the live region says so."""
    said = found.get_by_role("status").filter(has_text=re.compile(text))
    said.wait_for(timeout=SLOW_MS)


def step(found: Any, number: int) -> Any:
    """One step of the list."""
    return found.get_by_role("listitem").filter(has_text=re.compile(rf"^{number}\. "))


def finish(page: Any, found: Any, name: str) -> None:
    """A screenshot where one is wanted; axe finds nothing to object to."""
    from axe_playwright_python.sync_playwright import Axe

    if folder := os.environ.get("ECS_LAB_PICTURES"):
        page.set_viewport_size({"width": 1400, "height": 2200})
        found.screenshot(path=Path(folder) / f"{name}.png")
    violations = Axe().run(page, context=".ecs-lab-board").response["violations"]
    assert [each["id"] for each in violations] == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_steps_are_run_and_taken_back_by_key(run_cells: Callable[..., Any], theme: str) -> None:
    """Enter on each button, with the focus where it was; requests and answers open on demand."""
    page = run_cells(BUILDER, theme=theme)
    panel = builder(page)
    finish(page, panel, f"steps-{theme[11:].lower()}-begin")
    panel.get_by_role("button", name="Run step 1").focus()
    page.keyboard.press("Enter")
    told(panel, "Step 1 done: A cluster and a log group. In the picture: 1 new")
    assert page.evaluate("document.activeElement.textContent") == "Run step 2"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    told(panel, "Steps 2 to 6 done")
    assert panel.get_by_text("6 of 6 steps done").count() == 1
    last = step(panel, 6)
    assert "200, answered by the task" in last.inner_text()
    last.get_by_role("button", name="Requests and answers").press("Enter")
    call = last.get_by_text("logs: DescribeLogStreams")
    call.wait_for(timeout=SLOW_MS)
    call.press("Enter")
    assert '"logGroupName": "/ecs/orders"' in last.get_by_label("Request", exact=True).inner_text()
    finish(page, panel, f"steps-{theme[11:].lower()}-done")
    panel.get_by_role("button", name="Back").press("Enter")
    told(panel, "as it was before step 6")
    panel.get_by_role("button", name="Reset").press("Enter")
    told(panel, "as it was before step 1. It is 09:00:00 in the lab")
    finish(page, panel, f"steps-{theme[11:].lower()}-reset")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_edited_code_is_run_by_click(run_cells: Callable[..., Any], theme: str) -> None:
    """A mistake is told in its step and changes nothing; the edit stays, and is mended and run."""
    page = run_cells(BUILDER, theme=theme)
    panel = builder(page)
    code = panel.get_by_label("Code of step 1")
    code.fill('ecs.create_cluster(clusterName="not a name")')
    panel.get_by_role("button", name="Run step 1").click()
    told(panel, "Step 1 did not work. Line 1: AWS refuses CreateCluster")
    assert "The lab is as it was before this step" in step(panel, 1).inner_text()
    assert code.input_value() == 'ecs.create_cluster(clusterName="not a name")'
    finish(page, panel, f"steps-{theme[11:].lower()}-mistake")
    code.fill('ecs.create_cluster(clusterName="kitchen")')
    code.press("Shift+Enter")
    told(panel, "Step 1 done")
    panel.get_by_role("button", name="As a script").click()
    script = panel.get_by_label("All steps as a script")
    script.wait_for(timeout=SLOW_MS)
    assert 'clusterName="kitchen"' in script.input_value()
    panel.get_by_role("button", name="Run all").click()
    told(panel, "Step 5 did not work. Line 6: AWS refuses CreateService")
    panel.get_by_role("button", name="Back").click()
    told(panel, "as it was before step 4")
    panel.get_by_role("button", name="Reset").click()
    told(panel, "as it was before step 1")
    step(panel, 1).get_by_role("button", name="Original code").click()
    told(panel, "original code again")
    assert 'clusterName="orders"' in code.input_value()
    finish(page, panel, f"steps-{theme[11:].lower()}-script")
