"""`ecs-lab quiz`: what a terminal, a pipe and an impatient learner get."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from ecs_lab.cli import cli
from ecs_lab.quiz.bank import load_bank, load_topic
from ecs_lab.quiz.session import Session
from ecs_lab.quiz.text import LETTERS, parse_choice

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str, typed: str = "") -> Result:
    """The command with something typed; the input ends after that."""
    return CliRunner().invoke(cli, ["quiz", *words], input=typed, prog_name="ecs-lab")


def letters(session: Session, index: int, *, right: bool) -> str:
    """Letters of the right options, or as many with at least one wrong."""
    options = session.items[index].options
    good = [LETTERS[i] for i, option in enumerate(options) if option.correct]
    bad = [LETTERS[i] for i, option in enumerate(options) if not option.correct]
    return " ".join(good if right else bad[: len(good)])


def test_right_and_wrong_answers_get_every_reason_and_a_score() -> None:
    """After each answer the reason of each option stands there, with source and lesson."""
    session = Session(load_topic("fargate").questions, seed=3, count=2)
    typed = f"{letters(session, 0, right=True)}\n{letters(session, 1, right=False)}\n"
    result = run("fargate", "--seed", "3", "--count", "2", typed=typed)
    assert result.exit_code == 0
    said = " ".join(result.output.split())
    assert (
        said.index("Right.") < said.index("Question 2 of 2") < said.index("Not right: the answer")
    )
    for item in session.items:
        for option in item.options:
            assert " ".join(option.why.split()) in said
        assert all(source in said for source in item.question.sources)
    assert "Score: 1 of 2 answered right." in said
    assert f"To review: - {session.items[1].question.id}: notebook 03-fargate" in said


def test_wrong_input_is_asked_again() -> None:
    """Words, too many letters and nothing at all cost nothing."""
    questions = load_topic("fargate").questions
    sessions = {seed: Session(questions, seed=seed, count=1) for seed in range(50)}
    seed, session = next(
        (seed, each)
        for seed, each in sessions.items()
        if (each.items[0].question.select, len(each.items[0].options)) == (1, 4)
    )
    typed = f"\nwhat?\nZ\n9\nA B C\n{letters(session, 0, right=True)}\n"
    result = run("fargate", "--seed", str(seed), "--count", "1", typed=typed)
    assert result.exit_code == 0
    assert result.output.count("Type letters from A to D, for example B.") == 4
    assert result.output.count("Choose one option; you chose 3.") == 1
    assert "Score: 1 of 1 answered right." in result.output


def test_end_of_input_says_how_far_it_came() -> None:
    """A pipe that ends, Ctrl-D and Ctrl-C alike end with the score so far and exit code 0."""
    session = Session(load_topic("fargate").questions, seed=3, count=3)
    result = run(
        "fargate", "--seed", "3", "--count", "3", typed=f"{letters(session, 0, right=True)}\n"
    )
    assert result.exit_code == 0
    assert "Stopped after 1 of 3 questions." in result.output
    assert "Score: 1 of 1 answered right.\nNot answered: 2 of 3." in result.output


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C cannot be sent to one process")
def test_ctrl_c_says_how_far_it_came() -> None:
    """A real interrupt while the terminal waits loses nothing and shows no traceback."""
    import signal

    command = [sys.executable, "-m", "ecs_lab", "quiz", "fargate", "--seed", "3", "--count", "4"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = ""
        while "D." not in line:
            line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Stopped after 0 of 4 questions." in out
    assert err == ""


def test_seed_is_printed_and_repeats_the_session() -> None:
    """Without a seed one is chosen and named, so that a session can be had again."""
    first = run("start-here").output
    seed = first.split("(seed ")[1].split(")")[0]
    assert run("start-here", "--seed", seed).output == first


def test_list_names_every_topic() -> None:
    """`--list`, and no topic at all, show what there is and how to start."""
    listed = run("--list")
    assert listed.exit_code == 0
    topics = [topic.name for topic in load_bank().topics]
    assert topics[0] == "start-here"
    assert [line.split()[0] for line in listed.output.splitlines()[: len(topics)]] == topics
    assert listed.output.endswith("Start with: ecs-lab quiz start-here\n")
    assert run().output == listed.output


def test_unknown_topic_suggests_the_nearest() -> None:
    """A slip of the finger is a usage error with the right name."""
    result = run("fargat")
    assert result.exit_code == 2
    assert "There is no topic 'fargat'. Did you mean 'fargate'?" in result.output


def test_wrong_question_file_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who edits a question file sees file, line, field and fix."""
    (tmp_path / "trees.yaml").write_text("title: Trees\nordr: 1\nquestions: []\n", "utf-8")
    monkeypatch.setattr("ecs_lab.paths.quizzes_dir", lambda: tmp_path)
    result = run("trees")
    assert result.exit_code == 1
    assert f"{tmp_path / 'trees.yaml'}:2: ordr: expected a known key" in result.output
    assert "Did you mean 'order'?" in result.output


def test_shell_completes_topics() -> None:
    """Tab offers the topics that begin with what was typed."""
    completion = ShellComplete(cli, {}, "ecs-lab", "_ECS_LAB_COMPLETE")
    assert [item.value for item in completion.get_completions(["quiz"], "f")] == ["fargate"]


@pytest.mark.parametrize(
    ("typed", "places"),
    [("a", {0}), ("A c", {0, 2}), ("a,c", {0, 2}), ("AC", {0, 2}), ("1 3", {0, 2}), ("d.", None)],
)
def test_answers_are_read_as_people_type_them(typed: str, places: set[int] | None) -> None:
    """Letters large and small, numbers, with commas, blanks or nothing between them."""
    item = Session(load_topic("fargate").questions, seed=3).items[0]
    if places is None:
        with pytest.raises(ValueError, match="Type letters from A to"):
            parse_choice(typed, item)
    else:
        assert set(parse_choice(typed, item)) == places
