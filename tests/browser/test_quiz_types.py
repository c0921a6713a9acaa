"""Ordering, matching and case questions, and Show me, in a real JupyterLab by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from surroundings import REPOSITORY

from ecs_lab.quiz.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = f"""
import sys
sys.path.insert(0, {str(REPOSITORY / "tests" / "quiz")!r})
from questions import matching, ordering, question
from ecs_lab.quiz.model import Case, Topic
from ecs_lab.widgets.quiz import QuizWidget
case = Case("flood", "It has rained for weeks, and the river rises from hour to hour.")
QuizWidget(Topic("t", "T", 0, (__ASKED__,)), count=None, seed=1)
"""


WARM = "from ecs_lab import Lab\nwith Lab() as lab:\n    lab.diagram()"
"""What learners have done before: the first lab and picture of a process take their time."""
PROVEN = """
from ecs_lab.quiz.bank import load_topic
from ecs_lab.quiz.model import Topic
from ecs_lab.widgets.quiz import QuizWidget
asked = tuple(q for q in load_topic("ec2-launch-type").questions if q.id == "ec2-fixed-host-port")
QuizWidget(Topic("ec2-launch-type", "One question", 0, asked))
"""


def quiz_of(run_cells: Callable[..., Any], asked: str) -> tuple[Any, Any]:
    """The page and the quiz of one question, shown."""
    page = run_cells(CELL.replace("__ASKED__", asked))
    quiz = page.get_by_role("region", name="Quiz")
    quiz.get_by_role("group").wait_for(timeout=60_000)
    return page, quiz


def session_of(asked: str) -> Session:
    """The same session here."""
    import questions  # a helper of tests/quiz

    return Session([eval(asked, vars(questions))], seed=1)


def violations(page: Any) -> list[str]:
    """What axe says of the widget."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=".ecs-lab-quiz").response["violations"]
    return [f"{v['id']}: {n['html']} {n['failureSummary']}" for v in found for n in v["nodes"]]


def test_steps_are_put_in_order_by_keyboard(run_cells: Callable[..., Any]) -> None:
    """Buttons move a step and keep the focus; the live region says where it now is."""
    page, quiz = quiz_of(run_cells, "ordering()")
    (item,) = session_of("ordering()").items
    texts = [f"{'ABCD'[place]}. {item.options[place].text}" for place in item.right]
    status = quiz.get_by_role("status")
    assert quiz.get_by_role("group", name=re.compile("Put these into the right order")).count() == 1
    for target, text in enumerate(texts):
        up = quiz.get_by_role("button", name=f"Move up: {text}")
        up.focus()
        rows = quiz.get_by_role("listitem").all_inner_texts()
        for _ in range([row.startswith(text) for row in rows].index(True) - target):
            page.keyboard.press("Enter")
            assert up.evaluate("e => e === document.activeElement")
            status.filter(has_text="is now step").wait_for()
    assert not violations(page)
    quiz.get_by_role("button", name="Check").press("Enter")
    status.filter(has_text="Right.").wait_for()
    assert quiz.get_by_text("as you said").count() == 4
    assert not violations(page)


def test_pairs_are_matched_by_keyboard(run_cells: Callable[..., Any]) -> None:
    """Each option has a labelled box; an answer that is not complete says so, and Enter checks."""
    page, quiz = quiz_of(run_cells, "matching()")
    (item,) = session_of("matching()").items
    status = quiz.get_by_role("status")
    boxes = quiz.get_by_role("combobox")
    for place, option in enumerate(item.options):
        assert quiz.get_by_role("combobox", name=f"{place + 1}. {option.text}").count() == 1
    boxes.first.press("Enter")
    status.filter(has_text="Match all 3; you matched none.").wait_for()
    for place, letter in enumerate(item.right):
        boxes.nth(place).focus()
        for _ in range(letter + 1):
            page.keyboard.press("ArrowDown")
    assert not violations(page)
    boxes.nth(2).press("Enter")
    status.filter(has_text="Right.").wait_for()
    assert quiz.get_by_text("your choice").count() == 3
    assert not violations(page)


def test_case_describes_the_group_of_its_question(run_cells: Callable[..., Any]) -> None:
    """A screen reader hears the situation with the question."""
    _, quiz = quiz_of(run_cells, "question(0, case=case)")
    group = quiz.get_by_role("group")
    described = group.get_attribute("aria-describedby")
    assert quiz.locator(f"#{described}").inner_text().startswith("It has rained")


def test_show_me_shows_the_proof(run_cells: Callable[..., Any]) -> None:
    """After the answer a button plays the proof; findings, picture and steps are there."""
    page = run_cells(WARM, PROVEN)
    quiz = page.get_by_role("region", name="Quiz")
    quiz.get_by_role("radio").first.wait_for(timeout=120_000)
    button = quiz.get_by_role("button", name="Show me")
    assert not button.is_visible()
    quiz.get_by_role("radio").first.check()
    quiz.get_by_role("button", name="Check").click()
    button.click()
    shown = quiz.get_by_role("region", name="Shown in the lab")
    shown.get_by_text(re.compile("Two instances, and a service of three")).wait_for(timeout=120_000)
    assert shown.get_by_text(re.compile("[ABCD] holds:")).count() == 1
    assert shown.get_by_role("img").count() == 1
    assert not violations(page)


def test_key_of_an_order_is_not_in_the_page(run_cells: Callable[..., Any]) -> None:
    """Nothing of the page has the reasons, or the steps in their right order."""
    page, _ = quiz_of(run_cells, "ordering()")
    (item,) = session_of("ordering()").items
    everything = page.locator(".ecs-lab-quiz").evaluate("e => e.outerHTML")
    assert "reason" not in everything
    right = [option.text for option in item.question.options]
    places = [everything.index(text) for text in right]
    assert places != sorted(places)
