"""The catalog: what is found, and what is said of a definition that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exercise_making import CHECKS, make, write_yaml

from ecs_lab.coursefile import CourseFileError, Problem
from ecs_lab.exercises import catalog
from ecs_lab.exercises.catalog import UnknownExerciseError

IDS = catalog.ids()


def faults(folder: Path, **changes: Any) -> list[Problem]:
    """The problems of an exercise some of whose fields are changed."""
    make(folder)
    home = folder / "catalog" / "made-up"
    write_yaml(home, **changes)
    with pytest.raises(CourseFileError) as error:
        catalog._read(home / "exercise.yaml")
    return error.value.problems


def test_exercises_come_in_study_order() -> None:
    """By notebook, and within it from the shorter to the longer."""
    found = [catalog.load(exercise_id) for exercise_id in IDS]
    keys = [(each.section.partition("#")[0], each.minutes) for each in found]
    assert keys == sorted(keys)
    assert IDS[0] == "start-first-cluster"
    assert len(IDS) == len(set(IDS)) == len(list(catalog.CATALOG.glob("*/exercise.yaml")))


@pytest.mark.parametrize("exercise_id", IDS)
def test_every_exercise_of_the_course_loads(exercise_id: str) -> None:
    """Its definition is valid, with hints, checks and all four samples."""
    exercise = catalog.load(exercise_id)
    assert len(exercise.hints) >= 3
    assert exercise.points == sum(check.points for check in exercise.checks) > 0
    assert all(exercise.sample(name).is_file() for name in catalog.SAMPLES)


def test_unknown_id_suggests_the_nearest() -> None:
    """A slip in the id gets the id that was meant."""
    with pytest.raises(UnknownExerciseError, match="Did you mean 'ec2-bridge-service'"):
        catalog.load("ec2-brigde-service")


def test_unknown_id_far_from_all_lists_what_there_is() -> None:
    """A word that is near nothing gets the list."""
    with pytest.raises(UnknownExerciseError, match=r"Known are: .*fargate-right-size"):
        catalog.load("zzz")


def test_notebook_shows_only_the_sentence() -> None:
    """IPython prints the sentence of an unknown id, not our frames."""
    with pytest.raises(UnknownExerciseError) as error:
        catalog.load("fargate")
    assert error.value._render_traceback_() == [str(error.value)]


def test_unknown_field_is_named_with_its_line(tmp_path: Path) -> None:
    """A key that the schema does not have is told with file, line, field and fix."""
    (problem,) = faults(tmp_path, minuts=4)
    assert problem.file.endswith("exercise.yaml")
    lines = Path(problem.file).read_text("utf-8").splitlines()
    assert lines[problem.line - 1] == "minuts: 4"
    assert problem.field == "minuts"
    assert "Did you mean 'minutes'" in problem.fix


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("grade", "hard"),
        ("minutes", 0),
        ("minutes", "five"),
        ("hints", ["only one hint, and no more"]),
        ("concepts", ["Fargate"]),
        ("section", "03-fargate"),
        ("as_of", "2026"),
        ("sources", ["docs.aws.amazon.com"]),
        ("nearly_right", {"misses": []}),
    ],
)
def test_wrong_value_is_told_with_field_and_line(tmp_path: Path, field: str, value: Any) -> None:
    """Whatever is wrong with a field, the message leads to its line."""
    problems = faults(tmp_path, **{field: value})
    assert all(problem.field.startswith(field) for problem in problems)
    assert all(problem.line > 1 for problem in problems)


def test_missing_field_is_named(tmp_path: Path) -> None:
    """A field that is left out is asked for by name."""
    (problem,) = faults(tmp_path, given=None)
    assert problem.expected == "the key 'given'"


def test_id_must_be_the_folders_name(tmp_path: Path) -> None:
    """So that an exercise is found where its id says."""
    (problem,) = faults(tmp_path, id="made-down")
    assert (problem.line, problem.field, problem.found) == (1, "id", "'made-down'")


@pytest.mark.parametrize(
    ("checks", "line", "told"),
    [
        ("x = 1\ndef broken(:\n", 2, "SyntaxError"),
        ("x = 1\n\ny = nothing\n", 3, "NameError"),
        ("import json\n", 1, "no check in it"),
    ],
)
def test_faulty_checks_file_is_told_with_its_line(
    tmp_path: Path, checks: str, line: int, told: str
) -> None:
    """A checks.py that cannot be loaded is a course file error, not a traceback."""
    with pytest.raises(CourseFileError) as error:
        _ = make(tmp_path, checks=checks).checks
    (problem,) = error.value.problems
    assert (Path(problem.file).name, problem.line) == ("checks.py", line)
    assert told in problem.found


def test_check_cannot_need_one_that_is_not_before_it(tmp_path: Path) -> None:
    """A `needs` that names nothing earlier is told where it is written."""
    checks = CHECKS.replace("points=2)", 'points=2, needs="frist")')
    with pytest.raises(CourseFileError) as error:
        _ = make(tmp_path, checks=checks).checks
    (problem,) = error.value.problems
    assert (problem.field, problem.found) == ("second.needs", "'frist'")
    assert "Did you mean 'first'" in problem.fix


def test_changed_definition_is_read_again(tmp_path: Path) -> None:
    """An author who mends a file sees it without starting anew."""
    make(tmp_path)
    home = tmp_path / "catalog" / "made-up"
    path = write_yaml(home, title="Another title")
    import os

    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000))
    assert catalog.load("made-up", home.parent).title == "Another title"


def test_all_faults_of_all_exercises_are_told_at_once(tmp_path: Path) -> None:
    """One broken file does not hide another."""
    make(tmp_path)
    home = tmp_path / "catalog"
    for name in ("one-more", "two-more"):
        (home / name).mkdir()
        write_yaml(home / name, id=name, grade="hard")
    with pytest.raises(CourseFileError) as error:
        catalog.load_all(home)
    assert [Path(p.file).parent.name for p in error.value.problems] == ["one-more", "two-more"]
