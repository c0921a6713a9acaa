"""The terminal's words: check, progress, course check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from exercise_making import make

from ecs_lab import Lab
from ecs_lab.exercises import calls, catalog, command, course, progress
from ecs_lab.overview import command as overview

ID = "start-first-cluster"


def ran(word: object, *arguments: object) -> Result:
    """The result of a word of the command line."""
    return CliRunner().invoke(word, [str(each) for each in arguments])  # type: ignore[arg-type]  # any command


def sample(folder: Path, name: str, exercise_id: str = ID) -> Path:
    """A learner's script that is one of the samples, and asks for its check."""
    path = folder / f"{name}.py"
    code = catalog.load(exercise_id).code(name)
    path.write_text(f'{code}\nlab.check("{exercise_id}")\n', "utf-8")
    return path


def test_right_answer_ends_with_0_and_is_recorded(tmp_path: Path) -> None:
    """The exercise is found from the code, and passing it is remembered."""
    result = ran(command.check, sample(tmp_path, "solution"))
    assert result.exit_code == 0, result.output
    assert "Passed, 4 of 4 points" in result.output
    standing = progress.of(ID)
    assert (standing.passed, standing.attempts) == (True, 1)


def test_wrong_answer_ends_with_1_and_the_table(tmp_path: Path) -> None:
    """What is missed is told; a hint comes when it is asked for."""
    result = ran(command.check, sample(tmp_path, "nearly_right"), "--hint")
    assert result.exit_code == 1
    assert "found: containerInsights disabled" in result.output
    assert "Hint 1 of 3" in result.output
    assert progress.of(ID).hints == 1


def test_json_is_the_reports(tmp_path: Path) -> None:
    """For other programs, the same results as data."""
    result = ran(command.check, sample(tmp_path, "nearly_right"), "--json")
    data = json.loads(result.output)
    assert (data["passed"], data["troubles"]) == (False, [])
    assert [check["status"] for check in data["reports"][0]["checks"]] == [
        "passed", "missed", "passed", "passed",
    ]  # fmt: skip


def test_trouble_makes_the_check_fail_though_the_exercise_passes(tmp_path: Path) -> None:
    """A file with an error in it is not right, whatever it built."""
    path = sample(tmp_path, "solution")
    path.write_text(path.read_text("utf-8") + "\n1 / 0\n", "utf-8")
    result = ran(command.check, path)
    assert result.exit_code == 1
    assert "ZeroDivisionError" in result.output
    assert "Passed, 4 of 4 points" in result.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["missing.py"], "cannot be read"),
        (["{file}", "start-frist-cluster"], f"Did you mean '{ID}'"),
        (["{file}"], "names no exercise"),
        (["{file}", ID, "--limit", "0"], "--limit"),
    ],
)
@pytest.mark.parametrize("word", [command.check, command.watch])
def test_wrong_use_is_told_in_a_sentence(
    tmp_path: Path, word: object, arguments: list[str], told: str
) -> None:
    """Nothing runs, nothing is watched, and the message says what to do."""
    path = tmp_path / "empty.py"
    path.write_text("", "utf-8")
    result = ran(word, *(each.replace("{file}", str(path)) for each in arguments))
    assert result.exit_code in (1, 2)
    assert told in result.output
    assert "Traceback" not in result.output


def test_progress_tells_what_is_done_and_what_is_next() -> None:
    """Notebook by notebook, with parts of points and hints used, and why what is next is next."""
    with Lab() as lab:
        lab.client("ecs").create_cluster(clusterName="shop")
        calls.hint(ID)
        calls.check(ID, lab)
    output = ran(overview.progress).output
    assert "00-start-here: 0 of 2 passed, 2 of 9 points" in output
    assert f"tried       2/4  {ID} (hints used: 1)" in output
    assert f"Next: {ID} (Your first cluster): begun, 2 of 4 points; hints left: 2." in output


def test_what_was_begun_comes_before_what_is_new() -> None:
    """Without anything begun, the first open exercise of the course is next."""
    assert (
        f"Next: {ID} (Your first cluster): the first that is open" in ran(overview.progress).output
    )
    with Lab() as lab:
        calls.check("fargate-right-size", lab)
    assert "Next: fargate-right-size" in ran(overview.progress).output


def test_progress_as_json_has_every_exercise() -> None:
    """For other programs."""
    data = json.loads(ran(overview.progress, "--json").output)
    assert [row["exercise"] for row in data["exercises"]] == catalog.ids()
    assert all(row["points"] == 0 and row["first_pass"] is None for row in data["exercises"])


def test_course_check_lists_what_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken exercise ends it with 1, and file, line, field and fix."""
    make(tmp_path, section="notebooks/99-nowhere.ipynb#Nothing").sample("solution").write_text("")
    steps = [s for s in course.steps(tmp_path / "catalog") if not s[0].startswith(("que", "proof"))]
    monkeypatch.setattr(course, "steps", lambda: steps)
    result = ran(command.course, "check")
    assert result.exit_code == 1
    assert "exercise.yaml:4: section: expected a notebook of the course" in result.output
    assert "solution.py:1: first: expected not missed; found missed" in result.output
    assert "3 to mend" in result.output


def test_course_check_of_what_is_right_ends_with_0() -> None:
    """Steps can be chosen by name."""
    result = ran(command.course, "check", "--only", f"{ID}: solution for #1")
    assert result.exit_code == 0, result.output
    assert "1 steps, no problem" in result.output


def test_course_check_of_nothing_is_no_success() -> None:
    """A name that no step has is refused, with the one that was meant."""
    result = ran(command.course, "check", "--only", "start-frist-cluster")
    assert result.exit_code == 2
    assert "Did you mean 'start-first-cluster'?" in result.output
    assert ran(command.course, "check", "--only", "xyzzy").exit_code == 2
