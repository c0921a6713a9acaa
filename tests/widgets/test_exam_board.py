"""The mock exam in a notebook as Python sees it: lobby, questions, result, and what is sent."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from questions import bank, question

from ecs_lab import Lab
from ecs_lab.exam import sitting
from ecs_lab.exam.blueprints import UnknownExamError, find
from ecs_lab.exam.paper import Mode, NoPaperError, Wish, draw
from ecs_lab.progress import here
from ecs_lab.quiz.bank import load_bank
from ecs_lab.widgets.exam import ExamBoard, show
from ecs_lab.widgets.nodes import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTIONS = [question(0), question(1, right=(1, 3)), question(2)]


class Hands:
    """A wall clock whose hands the test moves."""

    at = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment."""
        return self.at


@pytest.fixture
def clock() -> Hands:
    """Noon."""
    return Hands()


def made(clock: Hands, mode: Mode = Mode.TIMED) -> ExamBoard:
    """An exam of three questions in six minutes, not begun."""
    return ExamBoard(draw(find("SPRINT"), bank(*QUESTIONS), Wish(mode, seed=3)), clock)


@pytest.fixture
def board(clock: Hands) -> Iterator[ExamBoard]:
    """The exam, begun."""
    widget = made(clock)
    do(widget, "begin")
    yield widget
    widget.close()


def do(board: ExamBoard, what: str, **values: Any) -> None:
    """What the browser sends."""
    board._handle_custom_msg({"do": what, "values": values}, [])


def choose(board: ExamBoard, index: int, places: tuple[int, ...]) -> None:
    """Choose options of a question as the browser does."""
    if board._running.items[index].question.select == 1:
        do(board, "change", **{f"choice-{index}": str(places[0])})
    else:
        do(board, "change", **{f"option-{index}-{place}": place in places for place in range(5)})


def right(board: ExamBoard, index: int) -> tuple[int, ...]:
    """Places of the right options as shown."""
    return board._running.items[index].right


def sent(board: ExamBoard) -> str:
    """All that the browser has of the exam."""
    state = {key: value for key, value in board.get_state().items() if key not in {"_esm", "_css"}}
    return json.dumps(state, default=str)


def test_nothing_begins_before_the_button(clock: Hands) -> None:
    """Run All shows what the exam is like; no clock runs, and no question is there."""
    widget = made(clock)
    assert "3 questions. Blanks count as wrong" in widget.as_text()
    assert "This is no exam of AWS" in widget.as_text()
    assert "stands for what" not in sent(widget) + widget.as_html()
    assert sitting.records() == []
    do(widget, "begin")
    do(widget, "begin")
    assert len(sitting.records()) == 1
    widget.close()


def test_key_is_not_sent_before_the_end(board: ExamBoard) -> None:
    """Texts of a question and its neighbours, and which are answered; no reason, no mark, nothing
    that counts.
    """
    asked = board._running
    for index, item in enumerate(asked.items):
        do(board, f"go-{index}")
        choose(board, index, right(board, index))
        state = sent(board)
        assert json.dumps(item.question.stem)[1:-1] in state
        for word in ("reason", "correct", "counts", "did not count", "Right"):
            assert word not in state
        far = [each for at, each in enumerate(asked.items) if abs(at - index) > 1]
        assert not any(each.options[0].text in state for each in far)
    do(board, "end")
    assert "The reason for" in sent(board)


def test_neighbours_are_sent_ahead_as_they_will_be_shown(board: ExamBoard) -> None:
    """What the browser shows at once on Next is what this kernel then says; at the end nothing."""
    do(board, "look")
    for name in ("next", "next", "previous"):
        choose(board, board._at, right(board, board._at))
        coming = board.ahead[name]
        do(board, name)
        assert without_clock(board.body) == without_clock(coming)
    assert sitting.records()[-1].state["position"] == 1
    do(board, "next")
    assert "next" not in board.ahead
    do(board, "next")
    assert board.ahead == {}
    do(board, "end")
    assert board.ahead == {}


def without_clock(nodes: list[dict[str, Any]]) -> str:
    """What is shown, whatever the time."""
    return re.sub(r'"data-now": "\d+"', "", json.dumps(nodes))


def test_right_and_wrong_look_the_same_before_the_end(board: ExamBoard) -> None:
    """Whatever is chosen, all that is different in the browser is what is chosen."""
    one = next(i for i, item in enumerate(board._running.items) if item.question.select == 1)
    do(board, f"go-{one}")
    states = set()
    for place in range(4):
        choose(board, one, (place,))
        states.add(sent(board).replace('"checked": "", ', "").replace(', "checked": ""', ""))
    assert len(states) == 1


def test_choices_come_back_and_late_messages_stay_where_they_belong(board: ExamBoard) -> None:
    """Next pressed twice quickly: the second message still says what was chosen in the first."""
    one = next(i for i, item in enumerate(board._running.items) if item.question.select == 1)
    do(board, f"go-{one}")
    values = {f"choice-{one}": "2"}
    do(board, "next", **values)
    do(board, "next", **values)
    assert board._running.chosen(one) == (2,)
    assert [i for i in range(3) if board._running.chosen(i)] == [one]
    do(board, f"go-{one}")
    checked = [n for n in _all(board.body) if "checked" in n["attributes"]]
    assert [n["attributes"]["value"] for n in checked] == ["2"]


def _all(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if "tag" in node:
            yield node
            yield from _all(node["children"])


def test_flag_overview_and_handing_in(board: ExamBoard) -> None:
    """The overview says what is answered and flagged; handing in asks first, then shows all."""
    choose(board, 0, right(board, 0))
    do(board, "flag")
    labels = [n["attributes"].get("aria-label") for n in _all(board.body)]
    assert "Question 1, answered, flagged" in labels
    assert "Question 2, blank" in labels
    do(board, "hand-in")
    assert "2 without an answer, 1 flagged." in to_text(board.body)
    do(board, "not-yet")
    assert "Question 1 of 3" in to_text(board.body)
    do(board, "hand-in")
    do(board, "end")
    said = to_text(board.body)
    assert "About 400 of 1000" in said
    assert "1 of 3 right, 2 blank." in said
    assert "An estimate" in said
    assert "Question 2: blank" in said


def test_time_over_shows_the_result_and_takes_nothing_more(board: ExamBoard, clock: Hands) -> None:
    """A busy kernel hears of it late: what was answered in time counts, the rest does not."""
    choose(board, 0, right(board, 0))
    clock.at += timedelta(minutes=6, seconds=1)
    choose(board, 1, right(board, 1))
    do(board, "over")
    assert "Time was over. About 400 of 1000" in to_text(board.body)


def test_exam_goes_on_after_a_restart(board: ExamBoard, clock: Hands) -> None:
    """The cell run again in a new kernel offers the exam that is open, where it was left."""
    choose(board, 1, right(board, 1))
    do(board, "go-1")
    left = board._running.record.plan
    again = ExamBoard(draw(find("SPRINT"), load_bank(), Wish(seed=9)), clock)
    assert "You are in an exam already" in again.as_text()
    do(again, "begin")
    assert len(sitting.records()) == 1
    again._open = sitting.Sitting(sitting.records()[0], bank(*QUESTIONS), here(), clock)
    do(again, "resume")
    assert again._running.record.plan == left
    assert (again._at, again._running.blanks) == (1, [0, 2])
    again.close()


def test_review_mode_checks_one_by_one(clock: Hands) -> None:
    """No clock; Check takes the answer and shows every reason, and the answer stands."""
    widget = made(clock, Mode.REVIEW)
    do(widget, "begin")
    assert "Time left" not in to_text(widget.body)
    two = next(i for i, item in enumerate(widget._running.items) if item.question.select == 2)
    do(widget, f"go-{two}")
    do(widget, "check")
    assert widget.notice == "Choose 2; you chose none."
    choose(widget, two, right(widget, two))
    assert "The reason for" not in sent(widget)
    do(widget, "check")
    assert widget.notice == "Right."
    assert "The reason for" in to_text(widget.body)
    choose(widget, two, (0, 1))
    assert widget._running.chosen(two) == right(widget, two)
    widget.close()


def test_page_is_saved_beside_the_notebook(
    board: ExamBoard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button writes the report, and says its name."""
    monkeypatch.chdir(tmp_path)
    do(board, "end")
    do(board, "save")
    (page,) = tmp_path.glob("exam-SPRINT-*.html")
    assert board.notice == f"Written: {page.name}, beside your notebook."
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_lab_has_it_at_hand() -> None:
    """`lab.exam` gives the board; what is wrong is a sentence."""
    lab = Lab.__new__(Lab)  # no account is needed for an exam
    widget = lab.exam("saa-c03", section=1, count=3)
    assert "Mock exam SAA-C03, section: Design Secure Architectures" in widget.title
    assert "ECS" in widget.as_text()
    widget.close()
    with pytest.raises(UnknownExamError, match="Did you mean"):
        show("SAA-C3")
    with pytest.raises(NoPaperError, match="You have missed no question"):
        show("SPRINT", "missed")


def test_time_left_is_a_timer_with_a_name(board: ExamBoard) -> None:
    """A screen reader finds it by role and name; its end is a moment of Python's clock."""
    (timer,) = [n for n in _all(board.body) if n["attributes"].get("role") == "timer"]
    assert timer["attributes"]["aria-label"] == "Time left"
    deadline = board._running.deadline
    assert deadline is not None
    assert timer["attributes"]["data-ends"] == str(round(deadline.timestamp() * 1000))
