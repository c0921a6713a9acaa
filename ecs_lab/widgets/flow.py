"""A picture of how many went which way: boxes in columns, and lines as broad as what goes there.

It is for light and dark pages, and has a title and a description for screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count, pairwise

BOX_WIDTH, BOX_HEIGHT, ACROSS, DOWN = 148, 42, 180, 54
TOP, SIDE = 30, 6
MOST_LETTERS = 23
BROADEST = 9.0
LOOKS = {"": "#bbdefb", "good": "#a5d6a7", "warned": "#ffcc80", "bad": "#ef9a9a"}
_drawn = count(1)


@dataclass(frozen=True, slots=True)
class Box:
    """One station: its column, its name there, a second line, and its look (see `LOOKS`)."""

    column: int
    name: str
    detail: str = ""
    look: str = ""


Way = tuple[Sequence[Box], int]
"""The boxes that some went through, and how many."""


def flow(title: str, words: str, heads: Sequence[str], ways: Sequence[Way]) -> str:
    """The picture as SVG text: `heads` are the columns' names.

    Boxes of one column that have the same name are one box.
    """
    places = _places(ways)
    rows = max((row for _, row in places.values()), default=0) + 1
    width, height = SIDE * 2 + ACROSS * (len(heads) - 1) + BOX_WIDTH, TOP + rows * DOWN
    parts = [_text(_left(at), 16, head, weight="600") for at, head in enumerate(heads)]
    parts += _lines(ways, places) + [_box(box, row) for box, row in places.values()]
    name = f"ecs-flow-{next(_drawn)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="{name}-title" '
        f'aria-describedby="{name}-desc"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(words)}</desc>{"".join(parts)}</svg>'
    )


_Places = dict[tuple[int, str], tuple[Box, int]]


def _places(ways: Sequence[Way]) -> _Places:
    """Every box by column and name, with its row; in the order of first mention."""
    places: _Places = {}
    for boxes, _ in ways:
        for box in boxes:
            row = sum(column == box.column for column, _ in places)
            places.setdefault((box.column, box.name), (box, row))
    return places


def _lines(ways: Sequence[Way], places: _Places) -> list[str]:
    """Between neighbours on a way, a line for all that went there together."""
    legs: dict[tuple[tuple[int, str], tuple[int, str]], int] = {}
    for boxes, number in ways:
        keys = [(box.column, box.name) for box in boxes]
        for leg in pairwise(keys):
            legs[leg] = legs.get(leg, 0) + number
    total = sum(number for _, number in ways) or 1
    return [_line(places[a], places[b], number / total) for (a, b), number in legs.items()]


def _left(column: int) -> int:
    return SIDE + ACROSS * column


def _line(start: tuple[Box, int], end: tuple[Box, int], share: float) -> str:
    x1, x2 = _left(start[0].column) + BOX_WIDTH, _left(end[0].column)
    y1, y2 = (TOP + DOWN * row + BOX_HEIGHT / 2 for _, row in (start, end))
    middle = (x1 + x2) / 2
    return (
        f'<path d="M{x1} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2} {y2:g}" fill="none" '
        f'stroke="currentColor" stroke-opacity="0.55" '
        f'stroke-width="{max(1.0, BROADEST * share):.1f}"/>'
    )


def _box(box: Box, row: int) -> str:
    x, y = _left(box.column), TOP + DOWN * row
    frame = (
        f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4" '
        f'fill="{LOOKS[box.look]}" stroke="#555"/>'
    )
    name = _text(x + 8, y + 17, box.name, ink="#111", weight="600")
    return frame + name + _text(x + 8, y + 34, box.detail, ink="#111")


def _text(x: float, y: float, words: str, ink: str = "currentColor", weight: str = "400") -> str:
    shown = words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1]}…"
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{ink}" font-size="12" font-weight="{weight}">'
        f"{escape(shown)}</text>"
    )
