"""The mock exam in a real JupyterLab: keyboard, accessibility tree, clock, what is sent."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from real_jupyterlab import TELL_PID, frozen

from ecs_lab.exam.blueprints import find
from ecs_lab.exam.paper import Mode, Wish, draw
from ecs_lab.quiz.bank import load_bank

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Any]


pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = """
import os
os.environ["ECS_LAB_DATA"] = os.path.abspath({folder!r})
from ecs_lab.widgets.exam import show
show("SPRINT", count=3, seed=5)
"""
SOON = """
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ecs_lab.exam import sitting
from ecs_lab.progress import here, now
record = sitting.records()[-1]
end = (datetime.now(UTC) + timedelta(seconds={seconds})).isoformat()
here().add(replace(record, at=now(), plan={{**record.plan, "deadline": end}}))
"""
PAPER = draw(find("SPRINT"), load_bank(), Wish(Mode.TIMED, seed=5, count=3))


@pytest.fixture
def cell(request: pytest.FixtureRequest) -> str:
    """The cell that shows the exam, with a data folder of the test's own."""
    return CELL.format(folder=re.sub(r"\W", "-", f"data-{request.node.name}"))


def board_of(page: Any) -> Any:
    """The exam on a page."""
    return page.get_by_role("region", name="Mock exam SPRINT, timed")


def begin(page: Any) -> Any:
    """Begin the exam, and wait for the first question."""
    board = board_of(page)
    board.get_by_role("button", name="Begin").click(timeout=60_000)
    board.get_by_text("Question 1 of 3", exact=True).wait_for()
    return board


def test_exam_is_sat_by_keyboard_alone(run_cells: Run, cell: str) -> None:
    """Begin, choose, go on, flag and hand in without a mouse; the end shows score and reasons."""
    page = run_cells(cell)
    board = board_of(page)
    start = board.get_by_role("button", name="Begin")
    start.wait_for(timeout=60_000)
    start.focus()
    page.keyboard.press("Enter")
    board.get_by_text("Question 1 of 3", exact=True).wait_for()
    first = board.locator("fieldset input").first
    first.focus()
    page.keyboard.press("Space")
    board.get_by_text("All questions").focus()
    page.keyboard.press("Enter")
    board.get_by_role("button", name=re.compile("^Question 1, answered")).wait_for()
    going = board.get_by_role("button", name="Next")
    going.focus()
    page.keyboard.press("Enter")
    board.get_by_role("status").filter(has_text="Question 2 of 3.").wait_for()
    assert going.evaluate("e => e === document.activeElement")
    board.get_by_role("button", name="Flag", exact=True).press("Enter")
    board.get_by_role("status").filter(has_text="Flagged.").wait_for()
    board.get_by_role("button", name="Hand in").press("Enter")
    board.get_by_text("2 without an answer, 1 flagged.").wait_for()
    board.get_by_role("button", name="Hand in now").press("Enter")
    board.get_by_text(re.compile("About .* of 1000")).wait_for()
    assert board.locator("details").count() == 3


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_exam_is_accessible_in_both_themes(run_cells: Run, cell: str, theme: str) -> None:
    """Group, labels, timer and live region are in the tree; axe finds nothing, at each stage."""
    from axe_playwright_python.sync_playwright import Axe

    page = run_cells(cell, theme=theme)
    board_of(page).get_by_role("button", name="Begin").wait_for(timeout=60_000)
    _look(page, board_of(page), f"{theme}-lobby")
    assert not _violations(Axe(), page)
    board = begin(page)
    question = next(q for q in PAPER.questions if board.get_by_text(q.stem[:60]).count())
    stem = f"{question.stem} {question.instruction}".strip()
    assert board.get_by_role("group", name=stem).count() == 1
    role = "radio" if question.select == 1 else "checkbox"
    for option in question.options:
        assert board.get_by_role(role, name=re.compile(re.escape(option.text))).count() == 1
    timer = board.get_by_role("timer", name="Time left")
    assert re.fullmatch(r"[0-9]:[0-9]{2}", timer.inner_text())
    assert board.get_by_role("status").count() == 1
    assert timer.get_attribute("aria-live") is None  # a timer is silent by itself
    board.get_by_role(role).first.check()
    board.get_by_text("All questions").click()
    _look(page, board, f"{theme}-question")
    assert not _violations(Axe(), page)
    board.get_by_role("button", name="Hand in").click()
    board.get_by_role("button", name="Hand in now").click()
    board.get_by_text("Question 1: ").click()
    _look(page, board, f"{theme}-result")
    assert not _violations(Axe(), page)


def test_key_does_not_cross_the_wire_before_the_end(run_cells: Run, cell: str) -> None:
    """No reason of any question is in what the browser received until it is handed in."""
    received: list[str] = []
    page = run_cells("0")
    page.on("websocket", lambda s: s.on("framereceived", lambda d: received.append(_text(d))))
    page = run_cells(cell)
    board = begin(page)
    for _ in range(2):
        board.locator("fieldset input").first.check()
        board.get_by_role("button", name="Next").click()
        page.wait_for_timeout(500)
    before = "".join(received)
    for question in PAPER.questions:
        assert json.dumps(question.stem)[1:-1] in before
        for option in question.options:
            assert json.dumps(option.why)[1:-1] not in before
    board.get_by_role("button", name="Hand in").click()
    board.get_by_role("button", name="Hand in now").click()
    board.get_by_text(re.compile("About .* of 1000")).wait_for()
    after = "".join(received)
    assert all(json.dumps(o.why)[1:-1] in after for q in PAPER.questions for o in q.options)


def test_time_ends_in_the_browser_while_the_kernel_is_busy(run_cells: Run, cell: str) -> None:
    """The clock goes on and closes the fields; once the kernel answers, the result is there."""
    page = run_cells(cell)
    begin(page)
    page = run_cells(cell, SOON.format(seconds=25), "again = show('SPRINT'); again",
                     "again.press('resume'); import time; time.sleep(40)")  # fmt: skip
    board = board_of(page).last
    board.get_by_role("status").filter(has_text="Time is over.").wait_for(timeout=120_000)
    board.get_by_text("Time was over.").wait_for(timeout=120_000)
    assert board.get_by_text("0 of 3 right, 3 blank").count() == 1


def test_next_question_is_shown_without_the_kernel(
    run_cells: Run, cell: str, jupyterlab: tuple[str, Path]
) -> None:
    """The browser has the neighbours of a question before Next is pressed."""
    page = run_cells(TELL_PID, cell)
    board = begin(page)
    page.wait_for_timeout(2_000)  # what is sent ahead comes a little after the question
    with frozen(jupyterlab):
        board.get_by_role("button", name="Next").press("Enter")
        board.get_by_text("Question 2 of 3", exact=True).wait_for(timeout=5_000)
        board.locator("fieldset input").first.check()
    board.get_by_text("All questions").click()
    board.get_by_role("button", name="Question 2, answered").wait_for(timeout=60_000)


def test_exam_goes_on_after_a_kernel_restart(run_cells: Run, cell: str) -> None:
    """The kernel is restarted in the middle: the cell run again leads back to where it was."""
    page = run_cells(cell)
    board = begin(page)
    board.locator("fieldset input").first.check()
    board.get_by_role("button", name="Next").click()
    board.get_by_text("Question 2 of 3", exact=True).wait_for()
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    page.wait_for_timeout(3000)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells', {})")
    board = board_of(page)
    board.get_by_role("button", name="Go on with it").click(timeout=120_000)
    board.get_by_text("Question 2 of 3", exact=True).wait_for()
    board.get_by_role("button", name="Previous").click()
    board.get_by_text("Question 1 of 3", exact=True).wait_for()
    assert board.locator("fieldset input").first.is_checked()


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


def _violations(axe: Any, page: Any) -> list[str]:
    """What axe says of the board alone; JupyterLab's own page is not ours to judge."""
    found = axe.run(page, context=".ecs-lab-board").response["violations"]
    return [f"{v['id']}: {n['html']} {n['failureSummary']}" for v in found for n in v["nodes"]]


def _look(page: Any, board: Any, name: str) -> None:
    page.wait_for_timeout(300)
    if folder := os.environ.get("ECS_LAB_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        board.screenshot(path=str(Path(folder) / f"exam-{name.replace(' ', '-')}.png"))
