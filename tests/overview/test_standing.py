"""How a learner stands: topics, exams, and what is next and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ecs_lab.cli import cli
from ecs_lab.exam.blueprints import UnknownExamError, find
from ecs_lab.overview.standing import between, needed, overview
from ecs_lab.progress import Answer, Sitting, Store, using
from ecs_lab.quiz.bank import load_bank
from ecs_lab.quiz.readiness import LEAST, Range
from ecs_lab.widgets.dashboard import Dashboard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
BANK = load_bank()


@pytest.fixture
def mine() -> Iterator[Store]:
    """An empty progress in memory."""
    with using(Store()) as store:
        yield store


def answered(store: Store, topic: str, right: list[bool], days_ago: float = 0) -> None:
    """The questions of a topic are answered, right and wrong by turns."""
    at = (NOW - timedelta(days=days_ago)).isoformat()
    questions = [q for q in BANK.questions if q.topic == topic]
    pairs = zip(questions, cycle(right), strict=False)
    store.add(*(Answer(q.id, correct, at=at) for q, correct in pairs))


def test_nothing_is_said_of_exams_before_there_are_enough_answers(mine: Store) -> None:
    """How many there are, and how many it takes, is said instead."""
    answered(mine, "fargate", [True])
    for exam in overview(BANK, mine, NOW).exams:
        assert exam.readiness is None
        assert "too few" in exam.why_not
    developer = next(e for e in overview(BANK, mine, NOW).exams if e.code == "DVA-C03")
    assert f"{developer.answered} of the {LEAST}" in developer.why_not


def test_better_answers_make_readier(mine: Store) -> None:
    """Readiness rises with the share of right answers, and keeps its doubt."""
    chances = []
    for right in ([True, False], [True, True, False], [True] * 9 + [False]):
        store = Store()
        for topic in ("deployments", "iam-roles", "troubleshooting"):
            answered(store, topic, right)
        (exam,) = (e for e in overview(BANK, store, NOW).exams if e.code == "DVA-C03")
        assert exam.readiness is not None
        found = exam.readiness.passing
        assert 0 < found.low < found.value < found.high < 1
        chances.append(found.value)
    assert chances == sorted(chances)
    assert chances[0] < 0.2 < 0.6 < chances[-1]


def test_exam_past_its_last_day_is_left_out(mine: Store) -> None:
    """And one whose last day is near says so."""
    codes = [exam.code for exam in overview(BANK, mine, NOW).exams]
    assert "DVA-C02" in codes
    assert "SOA-C02" not in codes
    old = next(exam for exam in overview(BANK, mine, NOW).exams if exam.code == "DVA-C02")
    assert "The last day of DVA-C02 is 30 November 2026" in old.notices[0]
    later = overview(BANK, mine, NOW + timedelta(days=6))
    assert "DVA-C02" not in [exam.code for exam in later.exams]


def test_enough_right_answers_are_those_that_scale_to_the_pass_score() -> None:
    """720 of a scale from 100 to 1000 are 69 % of it."""
    assert needed(find("SAA-C03")) == 35
    assert needed(find("DOP-C02")) == 47


def test_topics_count_what_is_answered_missed_and_due(mine: Store) -> None:
    """One topic of the overview against what was answered."""
    answered(mine, "fargate", [True, False], days_ago=10)
    (topic,) = (t for t in overview(BANK, mine, NOW).topics if t.name == "fargate")
    count = sum(q.topic == "fargate" for q in BANK.questions)
    assert (topic.questions, topic.answered) == (count, count)
    assert (topic.missed, topic.due) == (count // 2, count)


def test_what_is_next_and_why(mine: Store) -> None:
    """What was left, what is due, and the weak topic of many questions; a newcomer begins."""
    (begin,) = overview(BANK, mine, NOW).suggestions
    assert begin.words == "quiz start-here"
    answered(mine, "deployments", [False], days_ago=3)
    answered(mine, "iam-roles", [True])
    mine.add(Sitting("practice", "Fargate", {"name": "fargate", "seed": 1, "questions": []}))
    words = [each.words for each in overview(BANK, mine, NOW).suggestions]
    assert words == ["quiz --resume", "quiz --due", "quiz deployments --weak"]
    weak = overview(BANK, mine, NOW).suggestions[-1]
    assert "of ten new questions on it you would miss about" in weak.why
    with pytest.raises(UnknownExamError):
        overview(BANK, mine, NOW, "DVA")


def test_certainty_is_never_stated() -> None:
    """No share is called 0 or 100 %."""
    assert between(Range(1.0, 0.0, 1.0)) == "99 % (likely 1 to 99 %)"


def progress(*words: str) -> Result:
    """The terminal's word."""
    return CliRunner().invoke(cli, ["progress", *words], prog_name="ecs-lab")


def test_terminal_shows_topics_exams_and_what_is_next(mine: Store) -> None:
    """All that the dashboard has, as lines."""
    assert "No question answered yet." in progress().output
    for topic in ("deployments", "iam-roles", "troubleshooting"):
        answered(mine, topic, [True, True, False], days_ago=3)
    said = progress("--exam", "dva-c03").output
    assert "SAA-C03: " in said
    assert "DVA-C03: passes with " in said
    assert "Due today: " in said
    assert "(likely " in said
    assert "All questions here are on Amazon ECS" in said
    assert "ecs-lab quiz --due" in said
    wrong = progress("--exam", "DVA-C3")
    assert (wrong.exit_code, "Did you mean 'DVA-C03'" in wrong.output) == (1, True)


def test_terminal_carries_progress_to_another_machine(mine: Store, tmp_path: Path) -> None:
    """Out to a file that is not there yet, and in; a wrong file is one sentence."""
    answered(mine, "fargate", [True])
    file = tmp_path / "mine.json"
    assert progress("--export", str(file)).exit_code == 0
    again = progress("--export", str(file))
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    with using(Store()) as there:
        assert "records that were new" in progress("--import", str(file)).output
        assert len(there.all(Answer)) == len(mine.all(Answer))
        file.write_text("{}", "utf-8")
        wrong = progress("--import", str(file))
        assert (wrong.exit_code, "This is no exported progress" in wrong.output) == (1, True)
        missing = progress("--import", str(tmp_path / "none.json"))
        assert (missing.exit_code, "No such file" in missing.output) == (1, True)


def test_dashboard_has_it_all_and_follows_the_exam(mine: Store) -> None:
    """Without widgets it is a text; a choice of exam changes what is next, and is told."""
    for topic in ("deployments", "iam-roles"):
        answered(mine, topic, [True, False], days_ago=3)
    board = Dashboard()
    text = board.as_text()
    for words in ("Your progress", "Exams", "Topics", "ecs-lab quiz --due", "Still known"):
        assert words in text
    assert "too few" in text
    board._received(None, {"do": "change", "values": {"exam": "SAA-C03"}}, None)
    assert board.notice == "What is next is chosen for SAA-C03."
    board._received(None, {"do": "again", "values": {}}, None)
    assert board.notice == "Brought up to date."
    board._received(None, {"do": "change", "values": {"exam": "XX"}}, None)
    assert "'XX' is none of" in board.notice
    board.close()
