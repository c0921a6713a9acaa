"""A notebook file as the grader reads it: its cells and what it says of itself, never run here."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 64 * 2**20
"""A larger file is not read: notebooks with every output kept stay far below."""

_ASKS = {"begin", "check", "exercise"}
"""Methods of a lab whose first argument names an exercise."""
_ASKED = re.compile(r"""\.\s*(?:begin|check|exercise)\(\s*(["'])(?P<id>[^"'\n]{1,80})\1""")
_MAGIC = re.compile(r"^\s*[%!?].*$|^.*\?\s*$", re.MULTILINE)


class NotANotebookError(Exception):
    """A file that is no notebook; the text is one sentence with what is wrong with it."""


@dataclass(frozen=True)
class Notebook:
    """A notebook: its code cells in order, and the exercises that it names."""

    cells: tuple[str, ...]
    exercises: tuple[str, ...]


def read(path: Path) -> Notebook:
    """The notebook in a file, of any version of the format.

    Raises:
        NotANotebookError: the file cannot be read, or is no notebook.
    """
    data = _json(path)
    code = tuple(_source(cell) for cell in _cells(data) if _is_code(cell))
    named = [*_listed(data), *asked(code)]
    return Notebook(code, tuple(dict.fromkeys(named)))


def listed_exercises(path: Path) -> list[str]:
    """The exercises that a notebook's metadata lists (`metadata.ecs_lab.exercises`)."""
    return _listed(_json(path))


def asked(cells: Iterable[str]) -> list[str]:
    """The exercises that cells ask a lab for by a literal id: `lab.check("id")`, `lab.exercise`."""
    ids: dict[str, None] = {}
    for cell in cells:
        ids.update(dict.fromkeys(_asked_in(cell)))
    return list(ids)


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NotANotebookError(f"It is larger than {MOST_BYTES // 2**20} MiB.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NotANotebookError("It is no notebook: its bytes are not UTF-8 text.") from None
    except OSError as error:
        raise NotANotebookError(f"It cannot be read: {error.strerror}.") from None
    if not text.strip():
        raise NotANotebookError("It is empty.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotANotebookError(f"It is no notebook: it is not JSON{where}.") from None
    if not isinstance(data, dict):
        raise NotANotebookError("It is JSON but no notebook: it has no list of cells.")
    return data


def _cells(data: dict[str, Any]) -> list[Any]:
    """The cells; before format 4 (2015) they were in worksheets."""
    sheets = data.get("worksheets")
    parts = sheets if isinstance(sheets, list) else [data]
    lists = [part.get("cells") for part in parts if isinstance(part, dict)]
    if not any(isinstance(cells, list) for cells in lists):
        raise NotANotebookError("It is JSON but no notebook: it has no list of cells.")
    return [cell for cells in lists if isinstance(cells, list) for cell in cells]


def _is_code(cell: object) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input"))  # `input` before format 4
    return source if isinstance(source, str) else "".join(map(str, source or ()))


def _listed(data: dict[str, Any]) -> list[str]:
    metadata = data.get("metadata")
    ours = metadata.get("ecs_lab") if isinstance(metadata, dict) else None
    listed = ours.get("exercises") if isinstance(ours, dict) else None
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _asked_in(cell: str) -> list[str]:
    plain = _MAGIC.sub("", cell)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as SyntaxWarning: it is the learner's code
            tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # A cell that does not parse can still be the one that asks.
        return [match["id"] for match in _ASKED.finditer(plain)]
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _ASKS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]
