"""Practice that goes on and the dashboard in a real JupyterLab: keys, live region, names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUIZ = "from ecs_lab.widgets.quiz import show\nshow('fargate', count=3, seed=4)"
ANSWERS = """
from ecs_lab.progress import Answer, here
from ecs_lab.quiz.bank import load_bank
asked = [q for q in load_bank().questions if 'DVA-C03' in q.exams][:40]
here().add(*(Answer(q.id, n % 4 != 0, at='2026-11-01T09:00:00Z') for n, q in enumerate(asked)))
"""
BOARD = "from ecs_lab.widgets.dashboard import Dashboard\nDashboard()"


def violations(page: Any, of: str) -> list[str]:
    """What axe says of the panel alone; JupyterLab's own page is not ours to judge."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=of).response["violations"]
    return [f"{v['id']}: {n['html']} {n['failureSummary']}" for v in found for n in v["nodes"]]


def test_letters_flag_explain_and_go_on_by_keyboard(run_cells: Callable[..., Any]) -> None:
    """F, E, N and P do what their buttons do, are told in the live region, and say so."""
    page = run_cells(QUIZ)
    quiz = page.get_by_role("region", name="Quiz")
    status = quiz.get_by_role("status")
    quiz.locator("input").first.wait_for(timeout=120_000)
    assert "F flag, E explain" in quiz.inner_text()
    quiz.locator("input").first.focus()
    page.keyboard.press("f")
    status.filter(has_text="Flagged for review.").wait_for()
    assert quiz.get_by_role("button", name="Flag", pressed=True).count() == 1
    page.keyboard.press("e")
    status.filter(has_text=re.compile("This asks about .* It is taught in notebook")).wait_for()
    page.keyboard.press("n")
    quiz.get_by_text("question 2 of 3").wait_for()
    page.keyboard.press("p")
    quiz.get_by_text("question 1 of 3").wait_for()
    assert page.locator(".jp-MarkdownCell").count() == 0


def test_quiz_run_again_goes_on_where_it_was_left(run_cells: Callable[..., Any]) -> None:
    """The same cell in another kernel shows the next open question, and says so."""
    page = run_cells(QUIZ)
    quiz = page.get_by_role("region", name="Quiz")
    quiz.locator("input").first.wait_for(timeout=120_000)
    quiz.locator("input").first.focus()
    for key in ("1", "2", "Enter"):
        page.keyboard.press(key)
    quiz.get_by_text(re.compile("Source, read on")).wait_for()
    page = run_cells(QUIZ)
    again = page.get_by_role("region", name="Quiz")
    again.get_by_text("question 2 of 3").wait_for(timeout=120_000)
    told = again.get_by_role("status").inner_text()
    assert told == "Taken up again: 1 of 3 answered."


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_dashboard_is_accessible_in_both_themes(run_cells: Callable[..., Any], theme: str) -> None:
    """Named region, named tables with heads, a labelled box, a live region; axe finds nothing."""
    page = run_cells(ANSWERS, BOARD, theme=theme)
    board = page.get_by_role("region", name="Your progress")
    board.get_by_role("table", name="Exams").wait_for(timeout=120_000)
    assert board.get_by_role("table", name="Topics").count() == 1
    assert board.get_by_role("columnheader", name="To pass").count() == 1
    row = board.get_by_role("row", name=re.compile("^DVA-C03"))
    assert re.search(r"\d+ % \(likely \d+ to \d+ %\)", row.inner_text())
    assert board.get_by_role("status").count() == 1
    assert not violations(page, ".ecs-lab-board")

    box = board.get_by_role("combobox", name="I prepare for")
    box.focus()
    page.keyboard.press("S")
    told = board.get_by_role("status")
    told.filter(has_text=re.compile("What is next is chosen for SAA-C03")).wait_for()
    assert box.evaluate("e => e === document.activeElement")
    board.get_by_role("button", name="Look again").focus()
    page.keyboard.press("Enter")
    told.filter(has_text="Brought up to date.").wait_for()
    assert not violations(page, ".ecs-lab-board")
