"""`pytest learner.ipynb`: collection, items, points, reports, and what it costs others."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from books import write_notebook

from ecs_lab.exercises import catalog

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

ID = "start-first-cluster"
OTHER = "start-first-task-definition"
TITLES = [check.title for check in catalog.load(ID).checks]
SOLUTION = catalog.load(ID).code("solution")
NEARLY = catalog.load(ID).code("nearly_right")


@pytest.fixture
def here(pytester: pytest.Pytester) -> Path:
    """The folder of the inner pytest run."""
    return pytester.path


def test_each_check_is_an_item_under_its_exercise(pytester: pytest.Pytester, here: Path) -> None:
    """Items are named after the notebook, the exercise and the check; nothing runs for that."""
    write_notebook(here / "learner.ipynb", "import os; os._exit(1)", exercises=[ID, OTHER])
    result = pytester.runpytest("learner.ipynb", "--collect-only", "-q")
    expected = [
        f"learner.ipynb::{name}::{check.title}"
        for name in (ID, OTHER)
        for check in catalog.load(name).checks
    ]
    assert [line for line in result.outlines if "::" in line] == expected


def test_a_right_notebook_passes_with_all_points(pytester: pytest.Pytester, here: Path) -> None:
    """The summary has the points by notebook and exercise."""
    write_notebook(here / "learner.ipynb", SOLUTION, exercises=[ID])
    result = pytester.runpytest("learner.ipynb")
    result.assert_outcomes(passed=len(TITLES))
    points = catalog.load(ID).points
    result.stdout.fnmatch_lines([
        "*= grades =*",
        f"learner.ipynb: {points} of {points} points",
        f"  {ID}: {points} of {points}",
    ])  # fmt: skip


def test_what_fails_shows_expected_found_and_why_and_no_traceback(
    pytester: pytest.Pytester, here: Path
) -> None:
    """A miss is told in words; the other checks earn their points."""
    write_notebook(here / "learner.ipynb", NEARLY, exercises=[ID])
    result = pytester.runpytest("learner.ipynb")
    misses = len(catalog.load(ID).nearly_misses)
    result.assert_outcomes(passed=len(TITLES) - misses, failed=misses)
    result.stdout.fnmatch_lines(["expected: *", "found:    *", "why:      *"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*NotEarnedError*")


def test_one_check_can_be_run_by_its_name(pytester: pytest.Pytester, here: Path) -> None:
    """An item's name on the command line selects it."""
    write_notebook(here / "learner.ipynb", SOLUTION, exercises=[ID])
    pytester.runpytest(f"learner.ipynb::{ID}::{TITLES[0]}").assert_outcomes(passed=1)


def test_junit_has_points_earned_and_possible(pytester: pytest.Pytester, here: Path) -> None:
    """Each test case carries both as properties, and a miss carries its text."""
    write_notebook(here / "learner.ipynb", NEARLY, exercises=[ID])
    pytester.runpytest("learner.ipynb", "--junitxml=out.xml")
    cases = list(ET.parse(here / "out.xml").iter("testcase"))
    assert [case.get("name") for case in cases] == TITLES
    points = [{p.get("name"): p.get("value") for p in case.iter("property")} for case in cases]
    assert [int(p["points_possible"] or 0) for p in points] == [
        check.points for check in catalog.load(ID).checks
    ]
    missed = [case for case in cases if case.find("failure") is not None]
    assert len(missed) == len(catalog.load(ID).nearly_misses)
    assert all("expected:" in (case.findtext("failure") or "") for case in missed)


def test_with_xdist_items_and_points_are_the_same_and_a_notebook_runs_once(
    pytester: pytest.Pytester, here: Path
) -> None:
    """The items of a notebook stay on one worker; points reach the summary."""
    runs = here / "runs.txt"
    count = f"with open({str(runs)!r}, 'a') as file: file.write('x')"
    for name in ("ana", "bo"):
        write_notebook(here / f"{name}.ipynb", count, SOLUTION, exercises=[ID])
    result = pytester.runpytest_subprocess("ana.ipynb", "bo.ipynb", "-n2", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2 * len(TITLES))
    points = catalog.load(ID).points
    result.stdout.fnmatch_lines([
        f"ana.ipynb: {points} of {points} points",
        f"bo.ipynb: {points} of {points} points",
    ])  # fmt: skip
    assert runs.read_text() == "xx"


def test_a_class_is_graded_folder_by_folder_when_asked(
    pytester: pytest.Pytester, here: Path
) -> None:
    """--ecs-grade takes every notebook of a folder, good and bad, each with its own result."""
    folder = here / "handed-in"
    folder.mkdir()
    write_notebook(folder / "ana.ipynb", SOLUTION)
    write_notebook(folder / "bo.ipynb", "import os; os._exit(3)")
    (folder / "cy.ipynb").write_bytes(b"\x89PNG\xff")
    write_notebook(folder / "di.ipynb", "while True: pass", SOLUTION)
    result = pytester.runpytest(
        "handed-in", "--ecs-grade", "--ecs-exercises", ID, "--ecs-cell-seconds", "1"
    )
    result.assert_outcomes(passed=2 * len(TITLES), failed=2 * len(TITLES))
    result.stdout.fnmatch_lines([
        "*In code cell 1 the notebook's process ended with exit code 3.*",
        "*It is no notebook: its bytes are not UTF-8 text.*",
        f"handed-in/ana.ipynb: {catalog.load(ID).points} of *",
        "handed-in/bo.ipynb: 0 of *",
        "handed-in/cy.ipynb: 0 of *",
        "handed-in/di.ipynb: 4 of *",
        "  Code cell 1 ran longer than 1 s and was stopped.",
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "It is empty."),
        (b"no JSON", "It is no notebook: it is not JSON (line 1)."),
        (b'{"cells": []}', "No exercise of the course is named in it."),
    ],
)
def test_a_file_without_exercises_has_an_item_that_fails(
    pytester: pytest.Pytester, here: Path, content: bytes, said: str
) -> None:
    """It is never passed over in silence."""
    (here / "learner.ipynb").write_bytes(content)
    result = pytester.runpytest("learner.ipynb")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([said, "Name its exercises with --ecs-exercises a,b."])


def test_an_id_that_is_no_exercise_is_an_error_of_the_call(
    pytester: pytest.Pytester, here: Path
) -> None:
    """The message names the nearest exercise and who asked for it."""
    write_notebook(here / "learner.ipynb", SOLUTION)
    result = pytester.runpytest("learner.ipynb", "--ecs-exercises", "start-first-clutser")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*start-first-clutser*{ID}*(named by --ecs-exercises)*"])


def test_the_ini_option_names_the_exercises_of_a_teacher_s_own_notebook(
    pytester: pytest.Pytester, here: Path
) -> None:
    """Also those that the learner's copy does not mention."""
    pytester.makeini(f"[pytest]\necs_exercises = {ID}")
    write_notebook(here / "homework.ipynb", "pass")
    pytester.runpytest("homework.ipynb").assert_outcomes(failed=len(TITLES))


def test_the_summary_says_when_the_notebook_itself_named_the_exercises(
    pytester: pytest.Pytester, here: Path
) -> None:
    """A teacher should know that a removed exercise would not be missed."""
    write_notebook(here / "homework.ipynb", SOLUTION, f"lab.check('{ID}')")
    result = pytester.runpytest("homework.ipynb")
    result.assert_outcomes(passed=len(TITLES))
    result.stdout.fnmatch_lines(["*was read from the notebook itself*"])


def test_what_a_notebook_prints_cannot_pose_as_the_grader(
    pytester: pytest.Pytester, here: Path
) -> None:
    """It is shown with the first miss only, every line marked, colours spelt out."""
    write_notebook(here / "x.ipynb", "print('a\\n\\x1b[32m9 passed\\x1b[0m')", exercises=[ID])
    result = pytester.runpytest("x.ipynb")
    shown = [line for line in result.outlines if "9 passed" in line]
    assert shown == ["          | \\x1b[32m9 passed\\x1b[0m"]


def test_notebooks_of_others_are_left_alone(pytester: pytest.Pytester, here: Path) -> None:
    """A folder with a notebook in it is collected as without the plugin."""
    write_notebook(here / "learner.ipynb", SOLUTION, exercises=[ID])
    pytester.makepyfile("def test_one(): pass")
    pytester.runpytest().assert_outcomes(passed=1)


def test_the_plugin_loads_nothing_until_a_notebook_is_collected() -> None:
    """What every pytest run of everybody pays for."""
    code = (
        "import sys, pytest; before = set(sys.modules); import ecs_lab.grading.plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ecs_lab", "ecs_lab.grading", "ecs_lab.grading.plugin"]


def test_the_variant_is_that_of_the_learner_in_the_file_name(
    pytester: pytest.Pytester, here: Path
) -> None:
    """Each is graded on their own variant, and the summary says on which."""
    plain = catalog.load(ID, learner="").variant
    names = ("ana", "ben", "cleo", "dora", "emil")
    name = next(name for name in names if catalog.load(ID, learner=name).variant != plain)
    book = f"00-start-here_{name} (1).ipynb"
    write_notebook(here / book, catalog.load(ID, learner=name).code("solution"))
    result = pytester.runpytest(book, "--ecs-learner-from-name", f"--ecs-exercises={ID}")
    result.assert_outcomes(passed=len(TITLES))
    result.stdout.fnmatch_lines([f"*{ID} is graded in the variant of {name}: cluster *"])
    of_another = pytester.runpytest(book, "--ecs-learner=", f"--ecs-exercises={ID}")
    of_another.assert_outcomes(failed=len(TITLES))
