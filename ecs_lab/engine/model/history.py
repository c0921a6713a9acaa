"""The lines of a lab's history."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Happening:
    """One line of the lab's history: what happened to what, and when."""

    at_s: float
    kind: str
    subject: str
    name: str
    what: str
