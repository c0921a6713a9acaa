"""The texts of refusals; `data/task_definition_messages.toml` says which are AWS's own words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NoReturn

from ecs_lab.engine.errors import ClientException


@dataclass(frozen=True, slots=True)
class Message:
    """The text of one refusal, {braces} to be filled in; `grade` is documented, field or ours."""

    text: str
    grade: str
    source: str
    note: str = ""


@cache
def messages() -> Mapping[str, Message]:
    """Every message by its key."""
    table = files("ecs_lab.engine").joinpath("data/task_definition_messages.toml")
    rows = tomllib.loads(table.read_text(encoding="utf-8"))
    return {key: Message(**row) for key, row in rows.items()}


def refuse(key: str, **values: object) -> NoReturn:
    """Raise ClientException with the text of that key, filled in with the values.

    ClientException is what AWS was seen to answer for every rule whose text is known.
    """
    raise ClientException(messages()[key].text.format_map(values))
