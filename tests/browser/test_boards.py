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


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_policy_is_judged_as_it_is_written(run_cells: Callable[..., Any], theme: str) -> None:
    """A call and a role are chosen by key, a policy is typed, and the statements' table follows."""
    page = run_cells(PLAYGROUND.format("policy"), theme=theme)
    policy = board(page, "May it? Roles and policies")
    told(policy, "Allowed, by ReadFiles of the policy of shopTaskRole")
    policy.get_by_label("A call to begin with").select_option(
        "fetch the secret that a container gets"
    )
    told(
        policy, "Denied, because no identity-based policy allows the secretsmanager:GetSecretValue"
    )
    policy.get_by_role("checkbox", name="A permissions boundary limits who asks").focus()
    page.keyboard.press("Space")
    policy.get_by_role("textbox", name="Permissions boundary").wait_for(timeout=SLOW_MS)
    assert policy.get_by_text("The permissions boundary has to allow it too").count() == 1
    finish(page, policy, f"policy-{theme[11:].lower()}")
    policy.get_by_role("textbox", name="Identity-based policy").fill('{"Statement": [}')
    page.keyboard.press("Tab")
    told(policy, "The policy of shopTaskRole: line 1, column 16, is not JSON")
    action = policy.get_by_role("textbox", name="Action")
    action.fill("s3:*")
    page.keyboard.press("Enter")
    told(policy, "Action: 's3:[*]' is no call")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_requests_go_where_the_fields_send_them(run_cells: Callable[..., Any], theme: str) -> None:
    """A path that is typed meets another rule, a key moves a weight, a shut group gives 504."""
    page = run_cells(PLAYGROUND.format("request_path"), theme=theme)
    requests = board(page, "The path of a request")
    told(requests, "20 requests, 16 to web, 4 to web-new: 20 x 200")
    requests.get_by_role("slider", name="Weight of web-new").focus()
    page.keyboard.press("ArrowRight")
    told(requests, "14 to web, 6 to web-new")
    finish(page, requests, f"request-path-{theme[11:].lower()}")
    requests.get_by_label("Path", exact=True).fill("/api/orders")
    page.keyboard.press("Enter")
    told(requests, "20 to api: 20 x 200")
    assert requests.get_by_role("img", name="The ways of the requests").count() == 1
    ways = requests.get_by_role("table", name="The ways of the requests")
    assert ways.get_by_role("row", name=re.compile("priority 10")).count() >= 2
    requests.get_by_label("Security group that lets nobody in").select_option("that of the tasks")
    told(requests, "20 x 504. No inbound rule of security group")
    requests.get_by_text("The hops of the last request").click()
    assert requests.get_by_role("table", name="Hops").get_by_role("row").count() > 3
    finish(page, requests, f"request-path-shut-{theme[11:].lower()}")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_costs_cross_elsewhere_when_a_slider_moves(
    run_cells: Callable[..., Any], theme: str
) -> None:
    """Keys move sliders; headline, chart, bills and table follow; a size that is none is told."""
    page = run_cells(PLAYGROUND.format("cost"), theme=theme)
    cost = board(page, "Cost: EC2, Fargate and Spot")
    told(cost, "8 tasks a month: Fargate [$]144.16")
    cost.get_by_role("slider", name="Tasks", exact=True).focus()
    page.keyboard.press("ArrowRight")
    told(cost, "9 tasks a month: Fargate [$]162.18")
    cost.get_by_text("The chart as a table").click()
    table = cost.get_by_role("table", name="USD a month")
    assert table.get_by_role("row").count() == 1 + 40
    cost.get_by_text("The chart as a table").click()
    assert (
        cost.get_by_role("img", name=re.compile("512 CPU units and 1024 MiB a task")).count() == 1
    )
    finish(page, cost, f"cost-{theme[11:].lower()}")
    cost.get_by_role("slider", name="Memory of a task").focus()
    page.keyboard.press("Home")
    told(cost, "Fargate has no task of 0.5 vCPU with 512 MiB")
