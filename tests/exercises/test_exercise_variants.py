"""Variants: other names and sizes for each learner, the same in texts, checks and samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exercise_making import CHECKS, SCRIPT, make

from ecs_lab.coursefile import CourseFileError
from ecs_lab.exercises import catalog, course, learner, texts, variants
from ecs_lab.exercises.catalog import Exercise

CHOICES: dict[str, list[Any]] = {
    "cluster": ["shop", "library"],
    "size": [{"cpu": 1, "gb": "2 GB"}, {"cpu": 4, "gb": "x"}],
}
TASK = "Create the cluster {variant.cluster}, and one that is called till."


def varied(folder: Path, name: str = "", **changes: Any) -> Exercise:
    """The made-up exercise with a cluster whose name each learner has for themselves."""
    checks = CHECKS.replace('"shop"', "variant.cluster")
    fields: dict[str, Any] = {"task": TASK, "variants": {"cluster": ["shop", "library"]}} | changes
    home = make(folder, checks=checks, **fields).folder
    for sample in catalog.SAMPLES:
        path = home / f"{sample}.py"
        path.write_text(path.read_text("utf-8").replace("'shop'", "variant.cluster"), "utf-8")
    return catalog.load("made-up", home.parent, name)


def test_a_learner_always_has_the_same_variant_and_not_all_have_one() -> None:
    """The name decides, however it is spelt; twenty learners share out all choices."""
    assert variants.choose(CHOICES, "any", "Ana María") == variants.choose(
        CHOICES, "any", "ana_maria (2)"
    )
    drawn = [variants.choose(CHOICES, "any", f"learner {number}") for number in range(20)]
    assert {each["cluster"] for each in drawn} == {"shop", "library"}
    assert {each["size"]["cpu"] for each in drawn} == {1, 4}


def test_nobody_in_particular_has_the_first_choices() -> None:
    """Where no name is set, everyone sees the same."""
    assert variants.choose(CHOICES, "any", "") == {"cluster": "shop", "size": CHOICES["size"][0]}


def test_values_are_put_into_text_and_code_as_one_would_write_them() -> None:
    """Literals in code, plain words in texts and f-strings, which lose their f with their last."""
    chosen = variants.choose(CHOICES, "any", "#1")
    assert variants.in_text("In {variant.cluster}, {variant.size.gb}.", chosen) == "In library, x."
    code = 'a(variant.cluster.upper(), variant.size.cpu, f"{variant.cluster}:1{b}")'
    assert variants.in_code(code, chosen) == 'a("library".upper(), 4, f"library:1{b}")'
    assert variants.in_code('f"{variant.cluster}:1"', chosen) == '"library:1"'


@pytest.mark.parametrize(("name", "cluster"), [("", "shop"), ("#1", "library")])
def test_task_checks_and_samples_have_the_same_variant(
    tmp_path: Path, name: str, cluster: str
) -> None:
    """What the statement asks for is what the checks look for and the solution makes."""
    exercise = varied(tmp_path, name)
    assert f"Create the cluster {cluster}" in texts.statement(exercise).markdown
    assert f"[\"{cluster}\", 'till']" in texts.solution(exercise).markdown
    for sample in catalog.SAMPLES:
        assert course.check_sample(exercise, sample) == []


def test_the_answer_of_a_neighbour_does_not_pass(tmp_path: Path) -> None:
    """A solution copied from someone with another variant misses what is named otherwise."""
    neighbour = learner.play(learner.sample(varied(tmp_path, "#1"), "solution"))
    report = learner.grade(varied(tmp_path, ""), neighbour)
    assert [result.status for result in report.results] == ["missed", "passed"]


def test_course_check_proves_every_choice(tmp_path: Path) -> None:
    """A check that holds for the first choice only is caught in the second."""
    exercise = varied(tmp_path)
    path = exercise.sample("solution")
    path.write_text(SCRIPT.format(names=["shop", "till"]), "utf-8")
    found = {name: problems for name, find in course.steps(tmp_path / "catalog")
             if name.startswith("made-up: solution") and (problems := find())}  # fmt: skip
    assert set(found) == {"made-up: solution for #1"}


def test_names_that_are_unknown_or_unused_are_told_with_their_line(tmp_path: Path) -> None:
    """A slip in a text or in code is a fault of the file; so is a choice that nothing uses."""
    with pytest.raises(CourseFileError, match=r"exercise\.yaml.*task.*Did you mean"):
        varied(tmp_path, task="Create the cluster {variant.clster}, and do it at once, please.")
    exercise = varied(tmp_path)
    exercise.sample("solution").write_text("\nprint(variant.clster)\n", "utf-8")
    problems = course.check_texts("made-up", tmp_path / "catalog")
    (problem,) = (each for each in problems if each.field != "section")  # its notebook is no one's
    assert (Path(problem.file).name, problem.line) == ("solution.py", 2)
    varied(tmp_path, variants={"cluster": ["shop", "library"], "zone": ["a", "b"]})
    problems = course.check_texts("made-up", tmp_path / "catalog")
    assert ("variants", "'zone'") in [(each.field, each.found) for each in problems]


def test_whose_variant_it_is_comes_from_the_environment_or_what_was_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`ecs-lab study --learner` keeps a name; `ECS_LAB_LEARNER` is stronger."""
    monkeypatch.setenv("ECS_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("ECS_LAB_LEARNER", raising=False)
    assert variants.learner() == ""
    variants.remember("Ana")
    assert variants.learner() == "ana"
    monkeypatch.setenv("ECS_LAB_LEARNER", "Ben")
    assert variants.learner() == "ben"
