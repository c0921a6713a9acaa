"""`ecs-lab course check`: proves what is right, and catches what was broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exercise_making import CHECKS, SCRIPT, copy_of_the_course, make

from ecs_lab.coursefile import Problem
from ecs_lab.exercises import course
from ecs_lab.exercises.catalog import SAMPLES, Exercise
from ecs_lab.quiz.lint import headings


def prove(exercise: Exercise) -> list[Problem]:
    """The problems of all samples of an exercise."""
    return [problem for name in SAMPLES for problem in course.check_sample(exercise, name)]


def test_made_up_exercise_is_right(tmp_path: Path) -> None:
    """What the following tests break is right before."""
    assert prove(make(tmp_path)) == []


def rewrite(sample: str, code: str) -> Callable[[Exercise], None]:
    """Replaces a sample's code."""

    def break_it(exercise: Exercise) -> None:
        exercise.sample(sample).write_text(code, "utf-8")

    return break_it


@pytest.mark.parametrize(
    ("break_it", "file", "field", "found"),
    [
        (rewrite("starter", SCRIPT.format(names=["shop", "till"])), "starter.py", "", "all passed"),
        (rewrite("solution", SCRIPT.format(names=["till"])), "solution.py", "first", "missed"),
        (rewrite("other_way", SCRIPT.format(names=["shop"])), "other_way.py", "second", "missed"),
        (
            rewrite("nearly_right", SCRIPT.format(names=["shop", "till"])),
            "nearly_right.py",
            "second",
            "passed",
        ),
        (
            rewrite("nearly_right", SCRIPT.format(names=[])),
            "nearly_right.py",
            "first",
            "missed: expected shop, found []",
        ),
        (
            rewrite("solution", SCRIPT.format(names=["shop", "till"]) + "\n1 / 0\n"),
            "solution.py",
            "",
            "ZeroDivisionError",
        ),
    ],
)
def test_sample_that_does_not_prove_the_check_is_caught(
    tmp_path: Path, break_it: Callable[[Exercise], None], file: str, field: str, found: str
) -> None:
    """Each kind of broken sample is told by file, check and what came instead."""
    exercise = make(tmp_path)
    break_it(exercise)
    (problem,) = prove(exercise)
    assert (Path(problem.file).name, problem.field) == (file, field)
    assert found in problem.found


def test_check_that_is_always_satisfied_is_caught(tmp_path: Path) -> None:
    """A check that nothing can miss lets the starter pass."""
    lax = CHECKS.replace('if "shop" in clusters(lab)', "if True").replace(
        'if "till" in clusters(lab)', "if True"
    )
    found = {Path(problem.file).name for problem in prove(make(tmp_path, checks=lax))}
    assert found == {"starter.py", "nearly_right.py"}


def test_check_that_raises_is_caught_with_its_line(tmp_path: Path) -> None:
    """A fault in a check is told where it is, whatever the samples say."""
    faulty = CHECKS.replace('if "till" in', 'if {}["till"] in')
    problems = [p for p in prove(make(tmp_path, checks=faulty)) if p.field == "second"]
    assert "KeyError: 'till'" in problems[0].found
    lines = (tmp_path / "catalog/made-up/checks.py").read_text("utf-8").splitlines()
    assert lines[problems[0].line - 1].startswith('@check("The cluster till')


def test_missing_sample_and_wrong_names_are_caught(tmp_path: Path) -> None:
    """Without running anything: a sample that is not there, a check, a concept, a section."""
    exercise = make(
        tmp_path,
        nearly_right={"misses": ["secnd"], "because": "It forgets the second half of it all."},
        concepts=["OV-99"],
        section="notebooks/99-nowhere.ipynb#Nothing",
    )
    exercise.sample("other_way").unlink()
    problems = course.check_texts("made-up", tmp_path / "catalog")
    by_field = {problem.field: problem for problem in problems}
    assert set(by_field) == {"", "nearly_right.misses", "concepts", "section"}
    assert Path(by_field[""].file).name == "other_way.py"
    assert "Did you mean 'second'" in by_field["nearly_right.misses"].fix
    lines = (tmp_path / "catalog/made-up/exercise.yaml").read_text("utf-8").splitlines()
    assert lines[by_field["section"].line - 1].startswith("section:")


def test_missing_sample_does_not_stop_the_rest(tmp_path: Path) -> None:
    """The steps go on over what another step has told already."""
    make(tmp_path).sample("starter").unlink()
    problems = [p for name, find in course.steps(tmp_path / "catalog") if "made-up" in name
                for p in find()]  # fmt: skip
    assert [Path(p.file).name for p in problems if p.expected == "a sample answer"] == [
        "starter.py"
    ]


def test_broken_definition_is_told_once(tmp_path: Path) -> None:
    """A definition that cannot be read is one problem, not one for each sample."""
    home = copy_of_the_course(tmp_path, "start-first-cluster")
    path = home / "start-first-cluster" / "exercise.yaml"
    path.write_text(path.read_text("utf-8").replace("grade: guided", "grade: easy"), "utf-8")
    broken = path.parent.name
    steps = [find for name, find in course.steps(home) if name.partition(":")[0] == broken]
    assert len(steps) > 1
    problems = [problem for find in steps for problem in find()]
    (problem,) = problems
    lines = path.read_text("utf-8").splitlines()
    assert (problem.field, lines[problem.line - 1]) == ("grade", "grade: easy")


def test_headings_are_found_as_jupyterlab_links_them(tmp_path: Path) -> None:
    """A heading's anchor is its text with hyphens for spaces."""
    import json

    cells = [
        {"cell_type": "markdown", "source": ["# One heading\n", "text\n", "## Another: two"]},
        {"cell_type": "code", "source": "# no heading"},
    ]
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    assert headings(path) == {"One-heading", "Another:-two"}
