"""The look of each resource kind, state and ink, read from `kinds.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind, tone or ink is drawn; `light` is also the colour's name in the DOT text."""

    name: str
    light: str
    dark: str
    says: str = ""
    legend: str = ""
    border: str = "solid"
    tint: str = "00"
    glyph: str = ""
    mark: str = ""
    across: int = 1
    heading: str = "card"
    jupyter: str = ""


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files(__package__).joinpath("kinds.toml").read_text(encoding="utf-8"))


def _looks(section: str) -> dict[str, Look]:
    rows = ({k: v for k, v in row.items() if k != "states"} for row in _table()[section])
    return {row["name"]: Look(**row) for row in rows}


@cache
def kinds() -> dict[str, Look]:
    """Every resource kind by name, in the order of the legend."""
    return _looks("kind")


@cache
def tones() -> dict[str, Look]:
    """Every tone of a state by name: good, busy, bad, off."""
    return _looks("tone")


@cache
def inks() -> dict[str, Look]:
    """The colours that belong to no kind: ink, muted, line, paper, accent, on-accent."""
    return _looks("ink")


def every_look() -> list[Look]:
    """All rows of the table: what a picture's style sheet has to translate for a dark page."""
    return [*kinds().values(), *tones().values(), *inks().values()]


@cache
def _tone_of_state() -> dict[str, str]:
    return {state: row["name"] for row in _table()["tone"] for state in row["states"]}


def tone_of(state: str) -> str:
    """The tone's name for AWS's word for a state; a word that is not in the table is "busy".

    >>> tone_of("RUNNING"), tone_of("DRAINING")
    ('good', 'busy')
    """
    return _tone_of_state().get(state, "busy")
