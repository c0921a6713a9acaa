"""Each notebook of the course in JupyterLab: Run All, and what a learner then sees."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from real_jupyterlab import IDLE, end_kernels
from surroundings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
CODE = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
    .map(cell => cell.toJSON()).filter(cell => cell.cell_type === 'code')"""
DONE = f"() => ({CODE})().every(cell => cell.execution_count || !cell.source.length)"
PICTURE = f"""() => ({CODE})().some(cell => cell.outputs.some(output => output.data && (
    output.data['image/svg+xml'] || JSON.stringify(output.data['text/html'] || '').includes('<svg')
    || output.data['application/vnd.jupyter.widget-view+json'])))"""
"""A picture: an SVG, or a widget, which holds one where widgets run."""


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    """One page, in which the notebooks are opened in turn."""
    context = chromium.new_context(viewport={"width": 1200, "height": 4000})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("original", NOTEBOOKS, ids=lambda path: path.stem)
def test_run_all_ends_without_an_error(
    page: Any, jupyterlab: tuple[str, Path], original: Path
) -> None:
    """Every cell runs, none shows an error, and there is a picture; the screenshots' folder gets
    `notebooks.csv`, with the seconds until the first picture and until the end.
    """
    address, folder = jupyterlab
    shutil.copy(original, folder / original.name)
    page.goto(f"{address}/lab/tree/{original.name}?reset")
    page.wait_for_function(IDLE, timeout=90_000)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells', {}), 0")
    began = time.monotonic()
    page.wait_for_function(PICTURE, timeout=120_000)
    first_s = time.monotonic() - began
    page.wait_for_function(DONE, timeout=300_000)
    whole_s = time.monotonic() - began
    outputs = [output for cell in page.evaluate(CODE) for output in cell["outputs"]]
    assert [each for each in outputs if each["output_type"] == "error"] == []
    assert page.get_by_text("Error displaying widget").count() == 0
    assert page.get_by_text("Loading widget").count() == 0
    if pictures := os.environ.get("ECS_LAB_PICTURES"):
        page.screenshot(path=Path(pictures) / f"notebook-{original.stem}.png")
        with (Path(pictures) / "notebooks.csv").open("a", encoding="utf-8") as times:
            times.write(f"{original.stem},{first_s:.1f},{whole_s:.1f}\n")
    end_kernels(page)
