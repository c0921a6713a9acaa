"""Which exercises a notebook is graded on: known before anything of it runs.

The first of these that says something (docs/adr/0050 says why):

1. the teacher, for this run: `--ecs-exercises a,b`
2. the course: the original notebook whose name is in the file's name lists its exercises
3. the teacher, for this folder of tests: `ecs_exercises` in pytest's ini file
4. the learner's own notebook: its metadata and its `lab.check("id")` and `lab.exercise("id")`

Only in the last case can an exercise that the learner removed be gone, and the report says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ecs_lab.exercises.variants import normal
from ecs_lab.grading import notebook
from ecs_lab.paths import notebooks_dir


@dataclass(frozen=True)
class Expected:
    """The ids of the exercises that a notebook is graded on, and who said so."""

    ids: tuple[str, ...]
    source: str
    from_learner: bool = False


def expected(
    path: Path,
    option: Iterable[str] = (),
    ini: Iterable[str] = (),
    originals: Path | None = None,
) -> Expected:
    """The exercises that the notebook at `path` is graded on.

    Args:
        path: the learner's notebook
        option: ids that the teacher named for this run
        ini: ids that the teacher's ini file names
        originals: folder of the course's notebooks, if not that of the package
    """
    if ids := tuple(dict.fromkeys(option)):
        return Expected(ids, "--ecs-exercises")
    original = original_of(path, originals)
    if original and (ids := tuple(notebook.listed_exercises(original))):
        return Expected(ids, f"the course's {original.name}")
    if ids := tuple(dict.fromkeys(ini)):
        return Expected(ids, "the ini option ecs_exercises")
    try:
        ids = notebook.read(path).exercises
    except notebook.NotANotebookError:
        ids = ()
    return Expected(ids, "the learner's own notebook", from_learner=True)


def original_of(path: Path, originals: Path | None = None) -> Path | None:
    """The course's notebook whose name is in the file's name: `03-fargate_ana (1).ipynb`."""
    try:
        all_originals = sorted((originals or notebooks_dir()).glob("*.ipynb"))
    except FileNotFoundError:  # a package without notebooks
        return None
    name = path.stem.casefold()
    named = [original for original in all_originals if original.stem.casefold() in name]
    return max(named, key=lambda original: len(original.stem), default=None)


def learner_of(path: Path, originals: Path | None = None) -> str:
    """The learner whose name is in a file's name beside that of the course's notebook.

    `03-fargate_ana (1).ipynb` is ana's; without a notebook's name in it, it is the whole name.
    """
    original = original_of(path, originals)
    name = path.stem.casefold()
    return normal(name.replace(original.stem.casefold(), "") if original else name)
