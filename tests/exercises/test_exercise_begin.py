"""`lab.begin`: a broken system is built in the learner's lab, and nothing of theirs is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exercise_making import SCRIPT, make

from ecs_lab import Lab
from ecs_lab.coursefile import CourseFileError
from ecs_lab.exercises import catalog, course, learner, variants
from ecs_lab.exercises.calls import LabInUseError

if TYPE_CHECKING:
    from pathlib import Path

ID = "clinic-image-tag"


def clusters(lab: Lab) -> list[str]:
    """The names of a lab's clusters."""
    return [arn.split("/")[-1] for arn in lab.client("ecs").list_clusters()["clusterArns"]]


def test_the_broken_system_is_built_and_earns_nothing() -> None:
    """It stands in the lab as the text says, and its first check says what is wrong with it."""
    with Lab() as lab:
        assert "it is built" in str(lab.begin(ID))
        assert clusters(lab) == [catalog.load(ID).variant["cluster"]]
        report = lab.check(ID)
        assert report.points == 0
        assert "CannotPullContainerError" in report.results[0].why


def test_a_lab_with_something_in_it_is_left_as_it_is() -> None:
    """The sentence says what is there and what to do; afresh=True empties the lab first."""
    with Lab() as lab:
        lab.client("ecs").create_cluster(clusterName="mine")
        with pytest.raises(LabInUseError, match=r"1 cluster in it already.*afresh=True"):
            lab.begin(ID)
        assert clusters(lab) == ["mine"]
        lab.begin(ID, afresh=True)
        assert "mine" not in clusters(lab)


def test_an_exercise_that_gives_nothing_builds_nothing() -> None:
    """Where one starts from an empty lab, that is said, also in a lab that is not empty."""
    with Lab() as lab:
        lab.client("ecs").create_cluster(clusterName="mine")
        assert "nothing to build" in str(lab.begin("start-first-cluster", afresh=True))
        assert clusters(lab) == ["mine"]


def test_it_is_built_in_the_variant_of_the_learner() -> None:
    """Two learners with different variants find different systems."""
    built = []
    for name in ("#0", "#1"):
        with variants.using(name), Lab() as lab:
            lab.begin(ID)
            built += clusters(lab)
    assert built == ["shop", "library"]


def test_a_given_that_earns_points_or_has_no_build_is_caught(tmp_path: Path) -> None:
    """What is given must leave everything to be earned, and be a function of the lab."""
    exercise = make(tmp_path)
    exercise.sample("starter").write_text(SCRIPT.format(names=["shop"]), "utf-8")
    assert course.check_sample(exercise, "starter") == []
    (exercise.folder / "given.py").write_text("", "utf-8")
    (problem,) = course.check_sample(exercise, "starter")
    assert (problem.expected, problem.found) == ("no points for what is given", "1")
    with pytest.raises(CourseFileError, match=r"given\.py.*no function build"), Lab() as lab:
        exercise.build(lab)


def test_a_sample_that_begins_names_its_exercise() -> None:
    """`ecs-lab check` finds the exercise by lab.begin, too."""
    assert learner.sample(catalog.load(ID), "starter").exercises == [ID]
