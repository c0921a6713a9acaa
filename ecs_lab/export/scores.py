"""Scores as JSON for Gradescope, for Classroom 50, and plain.

Gradescope reads `/autograder/results/results.json`. Classroom 50, which took the place of GitHub
Classroom, reads `./result.json`; who and what was graded its runner says in environment variables.

Sources: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
https://github.com/foundation50/classroom50/wiki/Advanced-Autograding#the-resultjson-contract
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecs_lab.exercises.report import Report

RUNNER = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
"""What Classroom 50's runner says of the submission, as environment variables."""


class NotInRunnerError(RuntimeError):
    """The environment is not that of Classroom 50's runner."""

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(
            f"Classroom 50 names the submission by environment variables; not set here: "
            f"{', '.join(missing)}. Run this in its autograder.py, or take the format 'json'."
        )


@dataclass(frozen=True)
class Item:
    """One thing that earns points, with what is told about it."""

    name: str
    points: int
    possible: int
    told: str = ""

    @property
    def passed(self) -> bool:
        """Whether it earned all its points."""
        return self.points == self.possible


def of_reports(reports: Iterable[Report]) -> list[Item]:
    """An item for each check of graded exercises."""
    return [
        Item(
            f"{report.exercise}: {result.title}",
            result.points,
            result.possible,
            "" if result.passed else _told(result.expected, result.found, result.why),
        )
        for report in reports
        for result in report.results
    ]


def _told(expected: str, found: str, why: str) -> str:
    parts = {"Expected": expected, "Found": found, "Why": why}
    return "\n".join(f"{name}: {text}" for name, text in parts.items() if text)


def written(
    kind: str, items: Iterable[Item], notes: Iterable[str], about: Mapping[str, Any]
) -> dict[str, Any]:
    """A score in one of the formats of `ecs_lab.export.formats`. Raises `NotInRunnerError`."""
    if kind == "gradescope":
        return gradescope(items, notes)
    return classroom50(items, os.environ) if kind == "classroom50" else plain(items, about)


def gradescope(items: Iterable[Item], notes: Iterable[str] = ()) -> dict[str, Any]:
    """What Gradescope reads: {"score", "output", "tests": [{"name", "score", "max_score"}]}."""
    listed = list(items)
    tests = [
        {
            "name": item.name,
            "score": item.points,
            "max_score": item.possible,
            "status": "passed" if item.passed else "failed",
            "output": item.told,
            "visibility": "visible",
        }
        for item in listed
    ]
    score = sum(item.points for item in listed)
    return {"score": score, "output": "\n".join(notes), "stdout_visibility": "hidden",
            "tests": tests}  # fmt: skip


def classroom50(
    items: Iterable[Item], environment: Mapping[str, str], now: datetime | None = None
) -> dict[str, Any]:
    """What Classroom 50 reads (`classroom50/result/v1`). Raises `NotInRunnerError`.

    The runner itself stamps owner and assignment type; `datetime` is the moment of grading, which
    the runner corrects to that of the commit.
    """
    if missing := [name for name in RUNNER if not environment.get(name)]:
        raise NotInRunnerError(missing)
    listed = list(items)
    tests = [
        {"test-name": item.name, "passed": item.passed, "score": item.points,
         "max-score": item.possible}
        for item in listed
    ]  # fmt: skip
    return {
        "schema": "classroom50/result/v1",
        "classroom": environment["CLASSROOM"],
        "assignment": environment["ASSIGNMENT"],
        "submission": environment["SUBMISSION_TAG"],
        "commit": environment["COMMIT_URL"],
        "release": environment["RELEASE_URL"],
        "review": environment.get("REVIEW_URL") or environment["COMMIT_URL"],
        "datetime": (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(item.points for item in listed),
        "max-score": sum(item.possible for item in listed),
        "tests": tests,
    }


def plain(items: Iterable[Item], about: Mapping[str, Any]) -> dict[str, Any]:
    """For programs of one's own: {"points", "possible", "items": [...]} and what it is about."""
    listed = list(items)
    return {
        **about,
        "points": sum(item.points for item in listed),
        "possible": sum(item.possible for item in listed),
        "items": [
            {"name": item.name, "points": item.points, "possible": item.possible,
             "told": item.told}
            for item in listed
        ],
    }  # fmt: skip
