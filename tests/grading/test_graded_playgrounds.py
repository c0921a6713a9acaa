"""Playgrounds in a notebook that is graded: they cost nothing, count nothing, and still work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from books import write_notebook

from ecs_lab.exercises import catalog, learner
from ecs_lab.grading.grade import GradeReport, grade

if TYPE_CHECKING:
    from pathlib import Path

ID = "start-first-cluster"
OPEN = "from ecs_lab import Lab, playground\nlab = Lab()"
SHOWN = "playground.rolling()\nplayground.placement()"
MOTO = "import sys\nprint('moto is', 'there' if 'moto' in sys.modules else 'not there')"
ASKED = "print(playground.cost().notice)"
TIME = "lab.time_control()"


def run(tmp_path: Path, *cells: str) -> GradeReport:
    """Grade a notebook of these cells, with the exercise's solution at its end."""
    exercise = catalog.load(ID)
    path = write_notebook(tmp_path / "learner.ipynb", *cells, exercise.code("solution"))
    return grade(path, [exercise])


def test_a_playground_is_neither_played_nor_counted(tmp_path: Path) -> None:
    """Its lab is no lab of the notebook, and moto, which would play it, is not even loaded."""
    plain = run(tmp_path, OPEN)
    report = run(tmp_path, OPEN, SHOWN, TIME, MOTO)
    assert report.notes == ()
    assert report.points == report.possible
    assert report.tally.partition("opened")[2] == plain.tally.partition("opened")[2]
    assert "not played because nobody looks at it" in report.output
    assert "moto is not there" in report.output


def test_a_playground_that_code_asks_something_answers(tmp_path: Path) -> None:
    """A learner's cell that reads it does not fail for being graded."""
    report = run(tmp_path, OPEN, ASKED)
    assert report.notes == ()
    assert "8 tasks a month: Fargate $" in report.output


def test_the_learners_own_check_does_not_play_it_either(tmp_path: Path) -> None:
    """`ecs-lab check` runs the notebook to look at its labs; a playground's is none of them."""
    path = write_notebook(tmp_path / "learner.ipynb", OPEN, SHOWN)
    ran = learner.play(learner.read(path))
    assert ran.troubles == []
    assert len(ran.worlds) == 1
