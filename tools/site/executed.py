"""The notebooks with their outputs: each runs once, and the copy is kept in build/notebooks.

The tests run every notebook from a clean kernel anyway (tests/test_notebooks.py); the site takes
the copies of that run. A copy counts as long as nothing has changed that it depends on.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "build" / "notebooks"
SECONDS_A_CELL = 60
NAME = "ecs_lab_ran_with"
"""Where a copy says, in its metadata, what it was made from."""


def notebooks() -> list[Path]:
    """The notebooks of the course, in order."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def all_executed() -> list[Path]:
    """A copy with outputs of each notebook; those that are missing or out of date are run."""
    missing = [path for path in notebooks() if not is_kept(path)]
    if missing:
        print(f"running {len(missing)} notebooks ...", flush=True)
        with ProcessPoolExecutor(max_workers=min(os.cpu_count() or 1, len(missing))) as pool:
            list(pool.map(run, missing))
    return [KEPT / path.name for path in notebooks()]


def run(path: Path) -> Any:
    """Run a notebook from a clean kernel in a folder of its own, and keep it with its outputs.

    Who works here, and what they have done so far, is out of its sight. Raises
    nbclient's `CellExecutionError` where a cell fails; nothing is kept then.
    """
    book = read(path)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            book,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            store_widget_state=False,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],  # not how it talks
            resources={"metadata": {"path": folder}},
        )
        nobody = {"ECS_LAB_DATA": str(Path(folder) / "data"), "ECS_LAB_LEARNER": ""}
        client.execute(env={**os.environ, **nobody})
    book.metadata[NAME] = _made_from(path)
    KEPT.mkdir(parents=True, exist_ok=True)
    write(book, KEPT / path.name)
    return book


def is_kept(path: Path) -> bool:
    """Whether there is a copy, made from this notebook and this course."""
    copy = KEPT / path.name
    return copy.is_file() and read(copy).metadata.get(NAME) == _made_from(path)


def read(path: Path) -> Any:
    """A notebook as nbformat's own object."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call] # nbformat has no hint


def write(book: Any, path: Path) -> None:
    """Write a notebook to a file."""
    nbformat.write(book, path)  # type: ignore[no-untyped-call] # nbformat has no hint


def _made_from(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() + _course()).hexdigest()


@cache
def _course() -> bytes:
    """A digest of all that a notebook's outputs depend on: package, questions, pins."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for folder in ("ecs_lab", "quizzes"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.digest()
