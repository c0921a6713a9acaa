"""Reading a learner's notebook file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from books import notebook_data, write_notebook

from ecs_lab.grading import notebook

if TYPE_CHECKING:
    from pathlib import Path


def test_code_cells_are_read_in_order_and_others_left_out(tmp_path: Path) -> None:
    """A source may be one text or a list of lines; Markdown is no code."""
    data = notebook_data(["a = 1", "b = 2"])
    data["cells"][1]["source"] = ["b = 2\n", "c = 3"]
    data["cells"].insert(1, {"cell_type": "markdown", "metadata": {}, "source": "# Title"})
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(data), "utf-8")
    assert notebook.read(path).cells == ("a = 1", "b = 2\nc = 3")


def test_a_notebook_of_format_3_is_read_as_well(tmp_path: Path) -> None:
    """Old notebooks keep their cells in worksheets, as `input`."""
    cell = {"cell_type": "code", "language": "python", "input": "x = 1", "outputs": []}
    data = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(data), "utf-8")
    assert notebook.read(path).cells == ("x = 1",)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "It is empty"),
        (b" \n", "It is empty"),
        (b"\x89PNG\r\n\x1a\n\0", "not UTF-8"),
        (b"print('hello')", "not JSON"),
        (b'{"cells": [', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no list of cells"),
        (b"null", "no list of cells"),
        (b'{"nbformat": 4, "metadata": {}}', "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": 3, "worksheets": [{}]}', "no list of cells"),
        (b'{"nbformat": 3, "metadata": {}}', "no list of cells"),
    ],
)
def test_what_is_no_notebook_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, why: str
) -> None:
    """Each kind of wrong file says what is wrong with it."""
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(notebook.NotANotebookError, match=why):
        notebook.read(path)


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """A path where nothing is."""
    with pytest.raises(notebook.NotANotebookError, match="cannot be read"):
        notebook.read(tmp_path / "nowhere.ipynb")


@pytest.mark.parametrize(
    "cell",
    [None, 7, {}, {"cell_type": "code"}, {"cell_type": "code", "source": None}, "code"],
)
def test_odd_cells_do_not_stop_the_reading(tmp_path: Path, cell: Any) -> None:
    """A damaged cell is empty or left out; the others are read."""
    data = notebook_data(["x = 1"])
    data["cells"].insert(0, cell)
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(data), "utf-8")
    assert [source for source in notebook.read(path).cells if source] == ["x = 1"]


@pytest.mark.parametrize(
    ("cell", "ids"),
    [
        ('lab.check("one")', ["one"]),
        ("lab.exercise('one'); other.check('two')", ["one", "two"]),
        ('%time lab.settle()\nlab.check(\n    "one",\n)', ["one"]),
        ('lab.check?\nlab.check("one")', ["one"]),
        ('this is no Python\nlab.check("one")', ["one"]),
        ('# lab.check("one")', []),
        ("text = \"lab.check('one')\"", []),
        ("lab.check(name)", []),
        ("check('one')", []),
        ("\0", []),
    ],
)
def test_exercises_that_a_cell_asks_for_are_found_without_running_it(
    cell: str, ids: list[str]
) -> None:
    """A literal id in `lab.check` or `lab.exercise` counts; a comment or a text does not."""
    assert notebook.asked([cell]) == ids


def test_exercises_are_those_of_the_metadata_and_those_asked_for(tmp_path: Path) -> None:
    """Both are named, each once, the metadata's first."""
    path = write_notebook(
        tmp_path / "x.ipynb", 'lab.check("a")', 'lab.check("c")', exercises=["b", "a"]
    )
    assert notebook.read(path).exercises == ("b", "a", "c")


@pytest.mark.parametrize("metadata", [None, [], {"ecs_lab": 1}, {"ecs_lab": {"exercises": "a"}}])
def test_odd_metadata_names_no_exercise(tmp_path: Path, metadata: Any) -> None:
    """Metadata of another shape is passed over."""
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(notebook_data([]) | {"metadata": metadata}), "utf-8")
    assert notebook.read(path).exercises == ()
