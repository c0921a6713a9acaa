"""`ecs-lab exam`: what a terminal, a pipe and an impatient learner get."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result
from surroundings import REPOSITORY

from ecs_lab.cli import cli
from ecs_lab.exam import sitting as exams
from ecs_lab.exam.sitting import Sitting
from ecs_lab.progress import here, now
from ecs_lab.quiz import own
from ecs_lab.quiz.text import LETTERS

if TYPE_CHECKING:
    from pathlib import Path

START = ("start", "SPRINT", "--count", "4", "--seed", "7")


def run(*words: str, typed: str = "") -> Result:
    """The command with something typed; the input ends after that."""
    return CliRunner().invoke(cli, ["exam", *words], input=typed, prog_name="ecs-lab")


def last() -> Sitting:
    """The exam that was begun last."""
    return exams.load(exams.records()[-1])


def right(index: int) -> str:
    """Letters of the right answer to an item of the last exam."""
    return " ".join(LETTERS[place] for place in last().items[index].right)


def test_exam_is_sat_handed_in_and_read_again(tmp_path: Path) -> None:
    """Begin, leave, resume, answer, hand in; then history, reasons, page and score."""
    begun = run(*START)
    assert begun.exit_code == 0, begun.output
    assert "4 questions. Blanks count as wrong" in begun.output
    assert "Left open. It ends at " in begun.output
    for item in last().items:
        for option in item.options:
            assert option.why[:40] not in begun.output
    done = run("resume", typed=f"{right(0)}\n{right(1)}\n!\nl\nend\n")
    assert done.exit_code == 0, done.output
    assert re.search(r"1\+ +2\+ +3-!? +4-", done.output)
    assert "3-!" in done.output
    assert "About 550 of 1000" in done.output
    assert "2 of 4 right, 2 blank." in done.output
    assert "An estimate: AWS does not publish" in " ".join(done.output.split())
    assert "about 550 (2 of 4)" in run("history").output
    said = " ".join(run("review", "--wrong").output.split())
    assert "Question 3: blank, right was" in said
    assert "Question 1" not in said
    for option in last().items[3].options:
        assert " ".join(option.why.split()) in said
    out = tmp_path / "page.html"
    assert run("report", "--out", str(out)).exit_code == 0
    page = out.read_text("utf-8")
    assert page.count("<article>") == 4
    assert "<script" not in page
    assert "is there already" in run("report", "--out", str(out)).output
    data = json.loads(run("score").output)
    assert (data["points"], data["possible"], data["estimated_score"]) == (2, 4, 550)
    assert json.loads(run("score", "--as", "gradescope").output)["score"] == 2


def test_wrong_typing_costs_nothing() -> None:
    """Words, too many letters and places that there are not are told, and asked again."""
    said = run(*START, typed="what?\nA B C D\ng 99\nZ\nh\n").output
    assert said.count("h shows what else can be typed.") == 4
    assert "Answer with letters" in said
    assert last().blanks == [0, 1, 2, 3]


def test_going_about_and_taking_back() -> None:
    """g goes to a question, p back, clear takes an answer away."""
    run(*START)
    said = run("resume", typed="A\ng 4\nB\np\nclear\ng 1\n").output
    assert said.index("Question 4 of 4") < said.rindex("Question 3 of 4")
    assert "Your answer so far: A" in said
    assert "No answer now." in said
    assert 0 not in last().blanks


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("strat", "SPRINT"), "Did you mean 'start'?"),
        (("start", "SAA-C04"), "There is no exam 'SAA-C04'. Did you mean 'SAA-C03'?"),
        (("start", "SPRINT", "--mode", "topics"), "'topics' is not one of"),
        (("start", "SPRINT", "--mode", "topic"), "Name the topic: --topic fargate"),
        (("start", "SPRINT", "--topic", "fargat"), "Did you mean 'fargate'?"),
        (("start", "SAA-C03", "--mode", "section"), "by its number: 1 Design Secure"),
        (("start", "SPRINT", "--mode", "missed"), "You have missed no question"),
        (("start", "SPRINT", "--count", "0"), "0 is not in the range x>=1"),
        (("start", "SPRINT", "--with", "none.yaml"), "found No such file"),
        (("review",), "No exam is over yet. Begin one"),
        (("review", "3"), "There is no exam 3"),
        (("report",), "No exam is over yet"),
        (("resume",), "No exam is open. Begin one"),
        (("history",), "No mock exam so far."),
    ],
)
def test_wrong_words_are_sentences(words: tuple[str, ...], said: str) -> None:
    """Each slip has its sentence and a next step; nothing is begun."""
    result = run(*words)
    assert said in " ".join(result.output.split())
    assert "Traceback" not in result.output
    assert exams.records() == []


def test_second_exam_of_a_kind_is_refused_while_one_is_open() -> None:
    """An exam that runs is not forgotten by accident."""
    run(*START)
    again = run(*START)
    assert again.exit_code == 1
    assert "You are in an exam like SPRINT already; it ends at" in again.output
    assert len(exams.records()) == 1


def test_exam_that_ran_out_is_closed_when_somebody_looks() -> None:
    """Its result is shown by resume, and stands in the history."""
    run(*START)
    _ends_in(-60)
    said = run("resume").output
    assert "time was over at" in said
    assert "0 of 4 right, 4 blank." in said
    assert "still open" not in run("history").output


def test_review_mode_tells_reasons_at_once_and_the_answer_stands() -> None:
    """No clock; after each answer every reason, and no second try."""
    run("start", "SPRINT", "--mode", "review", "--count", "2", "--seed", "7")
    said = run("resume", typed=f"{right(0)}\np\nA\n").output
    assert "min left" not in said
    for option in last().items[0].options:
        assert " ".join(option.why.split()) in " ".join(said.split())
    assert "You have seen the reasons: that answer stands." in said


def test_list_names_exams_dates_and_weights() -> None:
    """What there is, what it is like, and what has ended."""
    said = run("list").output
    for code in ("CLF-C02", "SAA-C03", "DVA-C02", "DVA-C03", "SOA-C02", "SOA-C03", "DOP-C02"):
        assert code in said
    assert "SOA-C02 cannot be sat any more" in said
    assert "No weights of the domains of DVA-C03" in said
    assert "All questions here are on Amazon ECS" in said


def test_shell_completes_codes() -> None:
    """Tab offers the exams that begin with what was typed."""
    completion = ShellComplete(cli, {}, "ecs-lab", "_ECS_LAB_COMPLETE")
    found = [item.value for item in completion.get_completions(["exam", "start"], "dv")]
    assert found == ["DVA-C02", "DVA-C03"]


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C cannot be sent to one process")
def test_ctrl_c_leaves_the_exam_open() -> None:
    """A real interrupt while the terminal waits loses nothing and shows no traceback."""
    import signal

    with _process() as process:
        _until(process, "D.")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert "Left open. It ends at" in out
    assert "Go on with: ecs-lab exam resume" in out


@pytest.mark.skipif(os.name == "nt", reason="there the exam ends with the next line typed")
def test_exam_ends_while_the_terminal_waits() -> None:
    """Nobody types anything: at the deadline the result is there."""
    run(*START)
    _ends_in(12)
    with _process("resume") as process:
        while process.poll() is None:  # its input stays open, and nothing is typed
            time.sleep(0.1)
        out, err = process.communicate(timeout=300)
    assert err == ""
    assert "Time was over. About 100 of 1000" in out


def _ends_in(seconds: float) -> None:
    """Move the deadline of the last exam."""
    record = exams.records()[-1]
    deadline = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    here().add(replace(record, at=now(), plan={**record.plan, "deadline": deadline}))


def _process(*words: str) -> subprocess.Popen[str]:
    """The command in a process of its own, its input left open."""
    return subprocess.Popen(
        [sys.executable, "-m", "ecs_lab", "exam", *(words or START)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _until(process: subprocess.Popen[str], text: str) -> None:
    """Read what is printed up to a line with some text."""
    assert process.stdout is not None
    started = time.monotonic()
    while text not in process.stdout.readline():
        assert time.monotonic() - started < 300


def test_own_questions_come_in_exams_and_stay_readable(tmp_path: Path) -> None:
    """Kept questions come in papers; when their file is broken later, the past can be read."""
    source = (REPOSITORY / "tests" / "quiz" / "test_own.py").read_text("utf-8")
    text = source.split('TEXT = """\\\n')[1].split('"""')[0]
    file = tmp_path / "our-shop.yaml"
    file.write_text(text, "utf-8")
    CliRunner().invoke(cli, ["import", str(file)], prog_name="ecs-lab")
    assert "pumpkin soup" in " ".join(run("start", "SPRINT", "--topic", "our-shop").output.split())
    (kept,) = own.files()
    kept.write_text("title: broken\n", "utf-8")
    assert "still open" in run("history").output
    refused = run("start", "SAA-C03")
    assert refused.exit_code == 1
    assert "ecs-lab import --remove NAME" in refused.output
