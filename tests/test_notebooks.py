"""Every notebook of the course: clean in git, and green from a clean kernel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import executed
import nbformat
import pytest

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = executed.notebooks()

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook, as they are in the file."""
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return found


def test_there_are_notebooks() -> None:
    """The tests below are about something."""
    assert any(path.name == "00-start-here.ipynb" for path in NOTEBOOKS)


@every_notebook
def test_notebook_is_in_git_without_outputs(path: Path) -> None:
    """Outputs and execution counts are the learner's; in git they would only make noise."""
    code = [cell for cell in cells(path) if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in code if cell["outputs"] or cell["execution_count"]] == []
    assert "widgets" not in json.loads(path.read_text("utf-8"))["metadata"]


@every_notebook
def test_notebook_is_valid(path: Path) -> None:
    """The file keeps to the notebook format, with an id for each cell."""
    book = executed.read(path)
    nbformat.validate(book)
    assert all(cell.get("id") for cell in book.cells)


@every_notebook
@pytest.mark.notebook
@pytest.mark.filterwarnings("default")  # of Jupyter's own client, which the learner does not see
def test_notebook_runs_from_a_clean_kernel(path: Path) -> None:
    """Run All is green, in order, with poisoned AWS settings and outside the repository.

    The copy with outputs is kept for the site.
    """
    assert _stderr(executed.run(path)) == ""


def _stderr(book: Any) -> str:
    """What the notebook printed as an error or a warning."""
    return "".join(
        output.text
        for cell in book.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    )
