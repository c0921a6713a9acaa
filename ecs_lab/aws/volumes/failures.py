"""Why a task's volumes could not be mounted: the texts of `mount_failures.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from ecs_lab.engine.surroundings import CannotStartError


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("mount_failures.toml").read_text("utf-8"))


def text(key: str, **values: object) -> str:
    """A text with its gaps filled."""
    return _texts()[key]["text"].format(**values)


def failure(key: str, **values: object) -> CannotStartError:
    """What keeps the task from starting."""
    return CannotStartError(text(key, **values))
