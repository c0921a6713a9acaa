"""`ecs-lab export` and the formats of scores."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ecs_lab.cli import cli
from ecs_lab.exercises.catalog import load
from ecs_lab.export import scores
from ecs_lab.export.scores import Item

ITEMS = [Item("a: the cluster", 2, 2), Item("a: the service", 0, 3, "Expected: one\nFound: none")]
RUNNER = {name: f"the-{name.lower()}" for name in scores.RUNNER}


def run(*words: str) -> Result:
    """The command, in a terminal of no special width."""
    return CliRunner().invoke(cli, ["export", *words], prog_name="ecs-lab")


@pytest.mark.parametrize("word", ["anki", "moodle", "gift", "qti", "csv"])
def test_each_format_is_written_once(word: str, tmp_path: Path) -> None:
    """The file is there with what it has in a line; a second time it is not written over."""
    out = tmp_path / "out"
    first = run(word, str(out), "--topic", "fargate", "--exam", "SAA-C03")
    assert first.exit_code == 0, first.output
    assert "questions on 1 topics." in first.output
    before = out.read_bytes()
    again = run(word, str(out), "--topic", "placement")
    assert again.exit_code == 1
    assert "is there already: say --replace" in again.output
    assert out.read_bytes() == before
    assert run(word, str(out), "--topic", "placement", "--replace").exit_code == 0
    assert out.read_bytes() != before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("moodel",), "Did you mean 'moodle'?"),
        (("csv", "x.csv", "--topic", "fargat"), "Did you mean 'fargate'?"),
        (("csv", "x.csv", "--exam", "SAA-C04"), "is not one of"),
        (("csv", "no/such/folder/x.csv"), "There is no folder"),
        (("scores", "no.ipynb"), "does not exist"),
    ],
)
def test_wrong_words_are_sentences(words: tuple[str, ...], said: str) -> None:
    """A slip gets the nearest right word, and nothing is written."""
    result = run(*words)
    assert result.exit_code in (1, 2)
    assert said in result.output
    assert "Traceback" not in result.output


def test_gradescope_gets_its_results() -> None:
    """The sum, and each item with its points and what was said of it."""
    data = scores.gradescope(ITEMS, ["Code cell 3 raised NameError"])
    assert (data["score"], data["output"]) == (2, "Code cell 3 raised NameError")
    assert data["tests"][1] == {
        "name": "a: the service", "score": 0, "max_score": 3, "status": "failed",
        "output": "Expected: one\nFound: none", "visibility": "visible",
    }  # fmt: skip


def test_classroom_50_gets_its_result() -> None:
    """The contract's fields, with who and what from the runner's environment."""
    at = datetime(2026, 11, 26, 12, 0, 1, tzinfo=UTC)
    data = scores.classroom50(ITEMS, RUNNER, at)
    assert data["schema"] == "classroom50/result/v1"
    assert (data["classroom"], data["review"]) == ("the-classroom", "the-commit_url")
    assert (data["score"], data["max-score"], data["datetime"]) == (2, 5, "2026-11-26T12:00:01Z")
    assert [each["passed"] for each in data["tests"]] == [True, False]
    assert {"test-name", "passed", "score", "max-score"} == set(data["tests"][0])


def test_classroom_50_without_its_runner_is_a_sentence() -> None:
    """What is missing is named, and another format is offered."""
    with pytest.raises(scores.NotInRunnerError, match="not set here: RELEASE_URL"):
        scores.classroom50(ITEMS, dict.fromkeys(scores.RUNNER[:-1], "x"))


def notebook(path: Path, source: str) -> Path:
    """A learner's notebook of one cell."""
    cell: dict[str, Any] = {"cell_type": "code", "id": "a", "source": source, "outputs": []}
    cell |= {"metadata": {}, "execution_count": None}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book), "utf-8")
    return path


def test_notebook_is_graded_for_gradescope(tmp_path: Path) -> None:
    """The worked solution earns every point, in the file that Gradescope reads."""
    solution = load("ec2-two-instances", learner="").code("solution")
    book = notebook(tmp_path / "work.ipynb", solution)
    out = tmp_path / "results" / "results.json"
    words = ("scores", str(book), "--as", "gradescope", "--out", str(out))
    done = run(*words, "--exercises", "ec2-two-instances", "--learner", "")
    assert done.exit_code == 0, done.output
    data = json.loads(out.read_text("utf-8"))
    assert data["score"] == sum(test["max_score"] for test in data["tests"]) > 0


def test_notebook_without_exercises_says_so(tmp_path: Path) -> None:
    """Nothing to grade is a sentence with the next step."""
    result = run("scores", str(notebook(tmp_path / "work.ipynb", "1 + 1")))
    assert result.exit_code == 1
    assert "names no exercise of the course: say which with --exercises" in result.output
