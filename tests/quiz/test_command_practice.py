"""`ecs-lab quiz` as practice: words beside answers, leaving and going on, choosing by need."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ecs_lab.cli import cli
from ecs_lab.progress import Answer, Flag, Sitting, Store, using
from ecs_lab.progress.store import FILE
from ecs_lab.quiz import terminal
from ecs_lab.quiz.bank import load_topic
from ecs_lab.quiz.practice import latest
from ecs_lab.quiz.session import Session
from ecs_lab.quiz.text import LETTERS


@pytest.fixture
def mine() -> Iterator[Store]:
    """An empty progress in memory."""
    with using(Store()) as store:
        yield store


def run(*words: str, typed: str = "") -> Result:
    """The command with something typed; the input ends after that."""
    return CliRunner().invoke(cli, ["quiz", *words], input=typed, prog_name="ecs-lab")


def rights(seed: int, count: int) -> list[str]:
    """The right answers on Fargate, as they are typed."""
    items = Session(load_topic("fargate").questions, seed=seed, count=count).items
    return [" ".join(LETTERS[place] for place in item.right) for item in items]


def test_words_are_understood_beside_answers(mine: Store) -> None:
    """Help, flag and explain cost nothing, and a slip of the finger gets the nearest word."""
    typed = "help\n?\nflag\nfalg\nexplain\n"
    said = " ".join(run("fargate", "--seed", "3", "--count", "1", typed=typed).output.split())
    assert said.count("Type the letters of your answer, or a word.") == 2
    assert "Flagged." in said
    assert "There is no word 'falg'. Did you mean 'flag'?" in said
    assert "It is taught in notebook 03-fargate" in said
    assert "You have not answered it before." in said
    assert [flag.up for flag in mine.all(Flag)] == [True]
    assert mine.all(Answer) == []


def test_skipped_question_comes_again_at_the_end(mine: Store) -> None:
    """And only what is open is asked."""
    first, second = rights(3, 2)
    result = run("fargate", "--seed", "3", "--count", "2", typed=f"skip\n{second}\n{first}\n")
    assert result.output.count("Question 1 of 2") == 2
    assert "Score: 2 of 2 answered right." in result.output
    assert len(mine.all(Answer)) == 2


def test_quit_says_how_to_go_on_and_resume_does(mine: Store) -> None:
    """The rest of the questions is asked, and the score is of the whole."""
    first, second, third = rights(3, 3)
    left = run("fargate", "--seed", "3", "--count", "3", typed=f"{first}\nquit\n")
    assert left.exit_code == 0
    assert "Go on with: ecs-lab quiz --resume" in left.output
    again = run("--resume", typed=f"{second}\n{third}\n")
    assert "Question 1 of 3" not in again.output
    assert "Score: 3 of 3 answered right." in again.output
    assert [sitting.ended != "" for sitting in mine.all(Sitting)] == [True]
    over = run("--resume")
    assert over.exit_code == 1
    assert "No practice was left unfinished." in over.output


def test_answer_is_followed_by_when_it_comes_again(mine: Store) -> None:
    """Spaced repetition is told where it happens."""
    said = run("fargate", "--seed", "3", "--count", "1", typed=f"{rights(3, 1)[0]}\n").output
    assert "You have answered it once, rightly; it comes again on " in said


def test_practice_by_need(mine: Store) -> None:
    """Missed and flagged questions are asked; what there is none of is told in a sentence."""
    question = load_topic("fargate").questions[0].id
    mine.add(Answer(question, False), Flag(question))
    for way in ("--missed", "--flagged"):
        assert "Question 1 of 1" in run(way).output
    assert "Question 1 of 10" in run("--weak").output
    assert "Question 1 of 4" in run("--exam", "dva-c03", "--count", "4").output
    none = run("--due")
    assert none.exit_code == 1
    assert "Nothing is due today." in none.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--weak", "--due"], 2, "Choose one of --weak, --due."),
        (["--exam", "DVA-C3"], 1, "No question is for 'DVA-C3'. Did you mean 'DVA-C03'?"),
        (["--resume", "--weak"], 2, "--resume asks the rest of what you left"),
        (["--resume", "fargate"], 1, "No practice of fargate was left unfinished."),
        (["fargat", "--weak"], 2, "Did you mean 'fargate'?"),
    ],
)
def test_wrong_words_get_one_clear_sentence(
    mine: Store, words: list[str], code: int, said: str
) -> None:
    """With what to do instead, and nothing is begun."""
    result = run(*words)
    assert (result.exit_code, said in result.output) == (code, True), result.output
    assert mine.all(Sitting) == []


def test_question_answered_in_another_window_is_not_asked(mine: Store) -> None:
    """The terminal looks before each question what another one has answered meanwhile."""
    first, _, third = rights(3, 3)
    run("fargate", "--seed", "3", "--count", "3", typed=f"{first}\nquit\n")
    practice = latest()
    asked = terminal._asked

    def slow(*settings: Any) -> bool:
        if len(practice.session.verdicts) == 1:
            practice.answer(1, practice.session.items[1].right)
        return asked(*settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terminal, "_asked", slow)
        again = run("--resume", typed=f"skip\n{third}\n")
    assert again.output.count("Question 2 of 3") == 1
    assert "Score: 3 of 3 answered right." in again.output


def _terminal(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The command in a process of its own, with a data folder of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ecs_lab", "quiz", *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "ECS_LAB_DATA": str(folder)},
    )  # fmt: skip


def test_two_terminals_at_once_keep_all_answers(tmp_path: Path) -> None:
    """Each has its own sitting; no answer of either is lost."""
    terminals = [
        _terminal(tmp_path, "fargate", "--count", "10", "--seed", seed) for seed in ("3", "4")
    ]
    for each, seed in zip(terminals, (3, 4), strict=True):
        assert each.stdin is not None
        each.stdin.write("\n".join(rights(seed, 10)) + "\n")
        each.stdin.flush()
    for each in terminals:
        out, _ = each.communicate(timeout=300)
        assert "Score: 10 of 10 answered right." in out, out
    kept = Store(tmp_path / FILE)
    assert (len(kept.all(Sitting)), len(kept.all(Answer))) == (2, 20)


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C cannot be sent to one process")
def test_killed_terminal_goes_on_with_all_but_the_answer_in_flight(tmp_path: Path) -> None:
    """What was answered before the kill is there, and the next question is asked."""
    answers = rights(3, 10)
    window = _terminal(tmp_path, "fargate", "--count", "10", "--seed", "3")
    assert window.stdin is not None
    assert window.stdout is not None
    window.stdin.write("\n".join(answers[:2]) + "\n")
    window.stdin.flush()
    assert any("Question 3 of 10" in line for line in iter(window.stdout.readline, ""))
    window.kill()
    window.communicate(timeout=300)
    again = _terminal(tmp_path, "--resume")
    out, _ = again.communicate("\n".join(answers[2:]) + "\n", timeout=300)
    assert "Question 2 of 10" not in out
    assert "Score: 10 of 10 answered right." in out
