"""The command line: its table of words, and what it says to wrong ones."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from ecs_lab import __version__, cli
from ecs_lab.cli import WORDS


def run(*words: str) -> Result:
    """The command line's answer to some words."""
    return CliRunner().invoke(cli.cli, list(words), prog_name="ecs-lab")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_every_word(option: str) -> None:
    """The help has a line for each word."""
    answer = run(option)
    assert answer.exit_code == 0
    assert all(f"\n  {word} " in answer.output for word in WORDS)


def test_version_is_the_packages() -> None:
    """`--version` says which version this is."""
    assert run("--version").output == f"ecs-lab, version {__version__}\n"


def test_help_imports_no_command() -> None:
    """Showing help is quick, and works where a command's module is missing."""
    code = (
        "import sys; from ecs_lab import cli\n"
        "try: cli.cli(['--help'])\n"
        "except SystemExit: pass\n"
        "parts = ('ecs_lab.study', 'ecs_lab.quiz', 'ecs_lab.exercises', 'moto', 'boto3')\n"
        "print('loaded:', [name for name in sys.modules if name.startswith(parts)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded: []\n")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("quizz", "Did you mean 'quiz'?"),
        ("stdy", "Did you mean 'study'?"),
        ("xyzzy", "Run 'ecs-lab --help' for the list."),
    ],
)
def test_wrong_word_gets_the_nearest_right_one(wrong: str, says: str) -> None:
    """A wrong word is named, with what was probably meant."""
    answer = run(wrong)
    assert answer.exit_code == 2
    assert f"There is no command '{wrong}'. {says}" in answer.output


def test_missing_module_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word whose module is not installed says so, and what to do."""
    monkeypatch.setitem(WORDS, "quiz", cli.Word("ecs_lab.not_there:quiz", "Not there."))
    answer = run("quiz")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: 'quiz' cannot start: the module 'ecs_lab.not_there' is")
    assert run("--help").exit_code == 0


@pytest.mark.parametrize("word", WORDS)
def test_every_word_has_its_own_help(word: str) -> None:
    """Each word of the table loads, and explains itself."""
    answer = run(word, "--help")
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith(f"Usage: ecs-lab {word}")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_completes_ecs_lab(shell: str) -> None:
    """`ecs-lab completion SHELL` prints what the shell has to evaluate."""
    answer = run("completion", shell)
    assert answer.exit_code == 0
    assert "_ECS_LAB_COMPLETE" in answer.output


def test_python_m_ecs_lab_is_the_command() -> None:
    """`python -m ecs_lab` is the same command, also in its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "ecs_lab", "nothing"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "There is no command 'nothing'" in done.stderr
