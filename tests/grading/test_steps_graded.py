"""A step builder in a graded notebook: it neither fails a cell nor earns or costs a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from books import write_notebook

from ecs_lab.exercises import catalog
from ecs_lab.grading.grade import grade

if TYPE_CHECKING:
    from pathlib import Path

ID = "fargate-first-service"
PANEL = 'from ecs_lab import Lab\nlab = Lab()\npanel = lab.steps("fargate-alb")\npanel'
PRESSED = """panel.run_all()
assert panel.notice == "Steps 1 to 6 done.", panel.notice
panel.back()
assert panel.notice.startswith("This lab cannot go back"), panel.notice
panel.set(**{"code-1": "pass"})
print(panel.script)"""


@pytest.mark.parametrize("cells", [(PANEL,), (PANEL, PRESSED)], ids=["shown", "pressed"])
def test_a_panel_leaves_the_verdict_alone(tmp_path: Path, cells: tuple[str, ...]) -> None:
    """Beside the solution nothing is lost, without it nothing is won, and no cell fails."""
    exercise = catalog.load(ID)
    for more, passed in (((), False), ((exercise.code("solution"),), True)):
        path = write_notebook(tmp_path / f"learner-{passed}.ipynb", *cells, *more)
        report = grade(path, [exercise])
        assert report.reports[ID].passed is passed
        assert [note for note in report.notes if "cell" in note.lower()] == []
