"""Where the course's files and the learner's data are."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


class CourseMissingError(FileNotFoundError):
    """The course's own files are not where the package is: one sentence, with the next step."""


def quizzes_dir() -> Path:
    """The folder with the question files (`*.yaml`)."""
    return _course_dir("quizzes")


def notebooks_dir() -> Path:
    """The folder with the course's original notebooks; learners work in a copy of it."""
    return _course_dir("notebooks")


def data_dir() -> Path:
    """The folder for what the learner has done so far (answers, attempts, hints used).

    `ECS_LAB_DATA` names another one. The folder is not created here: whoever writes makes it.
    """
    if chosen := os.environ.get("ECS_LAB_DATA"):
        return Path(chosen).expanduser().resolve()
    from platformdirs import user_data_path

    return user_data_path("ecs_lab", appauthor=False)


def cache_dir() -> Path:
    """The folder for what can be made again at any time; `ECS_LAB_CACHE` names another one.

    The folder is not created here: whoever writes makes it.
    """
    if chosen := os.environ.get("ECS_LAB_CACHE"):
        return Path(chosen).expanduser().resolve()
    from platformdirs import user_cache_path

    return user_cache_path("ecs_lab", appauthor=False)


def repository_dir() -> Path | None:
    """The root of the checkout that this package runs from, or None in an installed wheel."""
    root = PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() else None


def _course_dir(name: str) -> Path:
    """A folder of course files: inside the wheel, or at the root of a checkout."""
    packaged = PACKAGE / f"_{name}"
    if packaged.is_dir():
        return packaged
    beside = PACKAGE.parent / name
    if beside.is_dir():
        return beside
    raise CourseMissingError(
        f"The course's {name} are missing: neither {packaged} nor {beside} is there. "
        "Install ecs-lab again."
    )
