"""Which exercises a notebook is graded on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from books import write_notebook

from ecs_lab.grading.expected import expected, original_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """A course of two notebooks, the second named like the first and more."""
    folder = tmp_path / "originals"
    folder.mkdir()
    write_notebook(folder / "03-fargate.ipynb", exercises=["one", "two"])
    write_notebook(folder / "03-fargate-spot.ipynb", exercises=["three"])
    return folder


def test_the_original_decides_whatever_the_copy_says(tmp_path: Path, originals: Path) -> None:
    """A learner who removes an exercise from the copy is still graded on it."""
    copy = write_notebook(tmp_path / "03-fargate.ipynb", 'lab.check("one")', exercises=["one"])
    found = expected(copy, ini=["other"], originals=originals)
    assert (found.ids, found.source) == (("one", "two"), "the course's 03-fargate.ipynb")
    assert not found.from_learner


def test_the_original_decides_for_what_is_no_notebook(tmp_path: Path, originals: Path) -> None:
    """A broken file still has items, so that it is seen."""
    broken = tmp_path / "03-fargate.ipynb"
    broken.write_bytes(b"\xff")
    assert expected(broken, originals=originals).ids == ("one", "two")


def test_what_the_teacher_names_for_the_run_goes_first(tmp_path: Path, originals: Path) -> None:
    """--ecs-exercises beats the original, and each id counts once."""
    copy = write_notebook(tmp_path / "03-fargate.ipynb")
    assert expected(copy, option=["b", "a", "b"], originals=originals).ids == ("b", "a")


def test_the_ini_option_serves_notebooks_of_other_names(tmp_path: Path, originals: Path) -> None:
    """A teacher's own notebook has no original in the course."""
    own = write_notebook(tmp_path / "homework.ipynb", 'lab.check("x")')
    found = expected(own, ini=["four"], originals=originals)
    assert (found.ids, found.source) == (("four",), "the ini option ecs_exercises")


def test_without_all_that_the_notebook_itself_is_asked(tmp_path: Path, originals: Path) -> None:
    """The last resort says that it is one."""
    own = write_notebook(tmp_path / "homework.ipynb", 'lab.check("x")', exercises=["y"])
    found = expected(own, originals=originals)
    assert (found.ids, found.from_learner) == (("y", "x"), True)


def test_a_broken_file_of_another_name_names_nothing(tmp_path: Path, originals: Path) -> None:
    """No exercise, and no exception."""
    broken = tmp_path / "homework.ipynb"
    broken.write_bytes(b"\xff")
    assert expected(broken, originals=originals).ids == ()


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("03-fargate (1).ipynb", "03-fargate.ipynb"),
        ("ana_4711_03-Fargate.ipynb", "03-fargate.ipynb"),
        ("03-fargate-Copy1.ipynb", "03-fargate.ipynb"),
        ("bo_03-fargate-spot.ipynb", "03-fargate-spot.ipynb"),
        ("fargate.ipynb", None),
    ],
)
def test_course_tools_may_rename_the_file(
    tmp_path: Path, originals: Path, name: str, original: str | None
) -> None:
    """The original is the one whose name is in the file's name; of two, the longer."""
    found = original_of(tmp_path / name, originals)
    assert (found.name if found else None) == original
