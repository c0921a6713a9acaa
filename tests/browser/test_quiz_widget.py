"""The quiz widget in a real JupyterLab: keyboard, screen reader, themes, and what is sent."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from real_jupyterlab import TELL_PID, frozen

from ecs_lab.quiz.bank import load_topic
from ecs_lab.quiz.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = "from ecs_lab.widgets.quiz import show\nshow('fargate', count=3, seed={seed})"
ANSWERED = "Not right|Right"


def pictures() -> Path | None:
    """Where screenshots go, when `ECS_LAB_PICTURES` asks for them."""
    folder = os.environ.get("ECS_LAB_PICTURES")
    return Path(folder) if folder else None


def single_then_double() -> tuple[int, Session]:
    """A seed whose first question has one right option and whose second has two."""
    questions = load_topic("fargate").questions
    for seed in range(200):
        session = Session(questions, seed=seed, count=3)
        if [item.question.select for item in session.items[:2]] == [1, 2]:
            return seed, session
    raise AssertionError("no such seed")


def test_quiz_is_answered_by_keyboard_alone(run_cells: Callable[..., Any]) -> None:
    """Tab reaches the options, arrows and digits choose, Enter checks and goes on to the score."""
    seed, session = single_then_double()
    page = run_cells(CELL.format(seed=seed), "'a cell below'")
    quiz = page.get_by_role("region", name="Quiz")
    status = quiz.get_by_role("status")
    quiz.get_by_role("radio").first.wait_for(timeout=60_000)
    cells = page.locator(".jp-Cell").count()

    quiz.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    assert quiz.get_by_role("radio").nth(1).is_checked()
    page.keyboard.press(str(min(_right(session, 0)) + 1))
    page.keyboard.press("Enter")
    status.filter(has_text=re.compile(ANSWERED)).wait_for()
    assert status.inner_text() == "Right."
    assert quiz.get_by_role("button", name="Next").evaluate("e => e === document.activeElement")

    page.keyboard.press("Enter")
    quiz.get_by_role("checkbox").first.wait_for()
    assert quiz.get_by_role("checkbox").first.evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    status.filter(has_text="Choose two options; you chose none.").wait_for()
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    status.filter(has_text=re.compile(ANSWERED)).wait_for()

    page.keyboard.press("Enter")
    quiz.get_by_text("question 3 of 3").wait_for()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "See results":
            break
        page.keyboard.press("Tab")
    quiz.get_by_role("button", name="See results").press("Enter")
    heading = quiz.get_by_role("heading", name=re.compile(r"^Score: [12] of 3 right$"))
    heading.wait_for()
    assert heading.evaluate("e => e === document.activeElement")
    assert "not answered" in quiz.inner_text()
    # JupyterLab's own keys for arrows, digits and Enter did nothing to the notebook meanwhile.
    assert page.locator(".jp-Cell").count() == cells
    assert page.locator(".jp-MarkdownCell").count() == 0


def _right(session: Session, index: int) -> set[int]:
    return {i for i, option in enumerate(session.items[index].options) if option.correct}


def test_answer_is_not_sent_before_the_learner_answers(run_cells: Callable[..., Any]) -> None:
    """No reason and no mark of a right option crosses the wire before Check."""
    seed, session = single_then_double()
    received: list[str] = []

    def listen(socket: Any) -> None:
        socket.on("framereceived", lambda data: received.append(_text(data)))

    page = run_cells("0")
    page.on("websocket", listen)
    page = run_cells(CELL.format(seed=seed))
    quiz = page.get_by_role("region", name="Quiz")
    quiz.get_by_role("radio").first.wait_for(timeout=60_000)
    item = session.items[0]
    before = "".join(received)
    assert _on_the_wire(item.options[0].text) in before
    for other in session.items:
        for option in other.options:
            assert _on_the_wire(option.why[:40]) not in before
    assert '"correct"' not in before
    quiz.get_by_role("radio").first.check()
    quiz.get_by_role("button", name="Check").click()
    quiz.get_by_text(item.options[0].why[:40]).wait_for()
    assert _on_the_wire(item.options[0].why[:40]) in "".join(received)


def _on_the_wire(text: str) -> str:
    """A text as JSON has it, with its quotes escaped."""
    return json.dumps(text)[1:-1]


def test_next_question_is_shown_without_the_kernel(
    run_cells: Callable[..., Any], jupyterlab: tuple[str, Path]
) -> None:
    """The browser has the neighbours: N shows one at once, and what is chosen there is kept."""
    seed, session = single_then_double()
    page = run_cells(CELL.format(seed=seed), TELL_PID)
    quiz = page.get_by_role("region", name="Quiz")
    quiz.get_by_role("radio").first.wait_for(timeout=60_000)
    quiz.get_by_role("radio").first.focus()
    with frozen(jupyterlab):
        page.keyboard.press("n")
        quiz.get_by_text("question 2 of 3").wait_for(timeout=5_000)
        assert quiz.get_by_role("group", name=session.items[1].question.stem).count() == 1
        quiz.get_by_role("checkbox").nth(1).check()
        quiz.get_by_role("button", name="Flag").click()
    quiz.get_by_role("status").filter(has_text="Flagged for review.").wait_for(timeout=60_000)
    assert quiz.get_by_text("question 2 of 3").count() == 1
    assert quiz.get_by_role("checkbox").nth(1).is_checked()


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_quiz_is_accessible_in_both_themes(run_cells: Callable[..., Any], theme: str) -> None:
    """Group name, labels and live region are in the tree, and axe finds nothing to object to."""
    from axe_playwright_python.sync_playwright import Axe

    seed, session = single_then_double()
    page = run_cells(CELL.format(seed=seed), theme=theme)
    quiz = page.get_by_role("region", name="Quiz")
    quiz.get_by_role("radio").first.wait_for(timeout=60_000)
    stem = session.items[0].question.stem
    assert stem in quiz.aria_snapshot()
    assert quiz.get_by_role("group", name=stem).count() == 1
    assert quiz.get_by_role("status").count() == 1
    for place, option in enumerate(session.items[0].options):
        assert quiz.get_by_role("radio", name=f"{'ABCD'[place]}. {option.text}").count() == 1
    _look(page, quiz, f"{theme}-question")
    assert not _violations(Axe(), page)

    quiz.get_by_role("radio").nth(min(_right(session, 0))).check()
    quiz.get_by_role("button", name="Check").click()
    quiz.get_by_role("button", name="Flag").click()
    quiz.get_by_role("status").filter(has_text="Right. Flagged for review.").wait_for()
    quiz.get_by_role("link").first.wait_for()
    _look(page, quiz, f"{theme}-verdict")
    assert not _violations(Axe(), page)

    for _ in range(3):
        quiz.get_by_role("button", name=re.compile("Next|See results")).click()
    quiz.get_by_role("heading", name=re.compile("^Score")).wait_for()
    _look(page, quiz, f"{theme}-results")
    assert not _violations(Axe(), page)


def _violations(axe: Any, page: Any) -> list[str]:
    """What axe says of the widget alone; JupyterLab's own page is not ours to judge."""
    found = axe.run(page, context=".ecs-lab-quiz").response["violations"]
    return [f"{v['id']}: {n['html']} {n['failureSummary']}" for v in found for n in v["nodes"]]


def _look(page: Any, quiz: Any, name: str) -> None:
    page.wait_for_timeout(300)
    if folder := pictures():
        folder.mkdir(parents=True, exist_ok=True)
        quiz.screenshot(path=str(folder / f"{name.replace(' ', '-')}.png"))
