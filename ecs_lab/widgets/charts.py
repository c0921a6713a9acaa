"""Charts as SVG for light and dark pages; each has a title and a description for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count

WIDTH, HEIGHT = 760, 270
LEFT, RIGHT, TOP, BOTTOM = 44, 110, 14, 54
PATTERNS = (("#8d6e63", ""), ("#90caf9", "6 4"), ("#388e3c", ""), ("#f9a825", "2 3"))
"""Fill and, for telling them apart without colours, the dashes of the outline."""

_drawn = count(1)


@dataclass(frozen=True, slots=True)
class Limit:
    """A level that a chart marks with a dashed line."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class _Scale:
    """From data to places on the drawing."""

    x_most: float
    y_most: float

    def x(self, value: float) -> float:
        return LEFT + value / self.x_most * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self.y_most * (HEIGHT - TOP - BOTTOM)


def stacked_steps(
    title: str,
    words: str,
    names: Sequence[str],
    moments: Sequence[tuple[float, Sequence[int]]],
    limits: Sequence[Limit] = (),
) -> str:
    """Counts over time, one above the other: `moments` are (x, a count for each name), by x.

    The last moment is where the chart ends.
    """
    tops = [sum(counts) for _, counts in moments] + [limit.value for limit in limits]
    scale = _Scale(max(moments[-1][0], 1.0), max([*tops, 1]) * 1.08)
    areas = [_area(scale, moments, place) for place in range(len(names))]
    legend = [_legend(place, name) for place, name in enumerate(names)]
    lines = [_limit(scale, limit) for limit in limits]
    return _svg(title, words, [*areas, *_axes(scale), *lines, *legend])


def _area(scale: _Scale, moments: Sequence[tuple[float, Sequence[int]]], place: int) -> str:
    """The band of one count, on top of those before it."""
    lower = [(x, sum(counts[:place])) for x, counts in moments]
    upper = [(x, sum(counts[: place + 1])) for x, counts in moments]
    points = _steps(scale, upper) + _steps(scale, lower)[::-1]
    fill, dashes = PATTERNS[place]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{path}" {_painted(fill, dashes)}/>'


def _steps(scale: _Scale, line: Sequence[tuple[float, int]]) -> list[tuple[float, float]]:
    """A line that stays level until the next moment."""
    points: list[tuple[float, float]] = []
    for x, value in line:
        if points:
            points.append((scale.x(x), points[-1][1]))
        points.append((scale.x(x), scale.y(value)))
    return points


def _axes(scale: _Scale) -> list[str]:
    step, floor = max(1, round(scale.y_most / 5)), scale.y(0)
    parts = [_line(LEFT, floor, WIDTH - RIGHT, floor), _line(LEFT, TOP, LEFT, floor)]
    ticks = range(0, int(scale.y_most) + 1, step)
    parts += [_text(LEFT - 8, scale.y(value) + 4, str(value), "end") for value in ticks]
    for part in range(5):
        seconds = scale.x_most * part / 4
        parts.append(_text(scale.x(seconds), HEIGHT - BOTTOM + 18, f"{seconds:.0f} s", "middle"))
    return parts


def _limit(scale: _Scale, limit: Limit) -> str:
    y = scale.y(limit.value)
    line = _line(LEFT, y, WIDTH - RIGHT, y, dashes="6 3")
    return line + _text(WIDTH - RIGHT + 6, y + 4, limit.label)


def _legend(place: int, name: str) -> str:
    fill, dashes = PATTERNS[place]
    x, y = LEFT + 150 * place, HEIGHT - 12
    box = f'<rect x="{x}" y="{y - 10}" width="12" height="12"'
    return f"{box} {_painted(fill, dashes)}/>" + _text(x + 18, y, name)


def _painted(fill: str, dashes: str) -> str:
    return f'fill="{fill}" fill-opacity="0.75" stroke="{fill}" stroke-dasharray="{dashes}"'


def _line(x1: float, y1: float, x2: float, y2: float, dashes: str = "") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="currentColor" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor" '
        f'font-size="12">{escape(text)}</text>'
    )


def _svg(title: str, words: str, parts: Sequence[str]) -> str:
    name = f"ecs-chart-{next(_drawn)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="{name}-title" '
        f'aria-describedby="{name}-desc"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(words)}</desc>{"".join(parts)}</svg>'
    )
