"""The end of a grading run: points by notebook and exercise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ecs_lab.grading.plain import plain


def write_summary(terminal: Any, graded: Iterable[dict[str, Any]]) -> None:
    """Write a section with the points earned; `terminal` is pytest's terminal reporter."""
    books: dict[str, list[dict[str, Any]]] = {}
    for item in graded:
        books.setdefault(item["notebook"], []).append(item)
    terminal.write_sep("=", "grades")
    for name in sorted(books):
        terminal.write_line(f"{plain(name)}: {_score(books[name])} points")
        for exercise in dict.fromkeys(item["exercise"] for item in books[name]):
            items = [item for item in books[name] if item["exercise"] == exercise]
            terminal.write_line(f"  {exercise}: {_score(items)}")
        for note in books[name][0]["notes"]:
            terminal.write_line(f"  {plain(note)}")


def _score(items: list[dict[str, Any]]) -> str:
    return f"{sum(i['points'] for i in items)} of {sum(i['possible'] for i in items)}"
