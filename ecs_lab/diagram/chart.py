"""A small line chart as SVG, for light and dark pages, with the same numbers as a table.

Lines differ by colour and by dash, and each has its name at its end. A screen reader hears the
title and a summary, and finds the table behind the picture.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from itertools import count, pairwise
from math import floor, log10
from xml.etree import ElementTree as ET

from ecs_lab.diagram.dress import SVG, serialise, style_sheet
from ecs_lab.diagram.kinds import inks, kinds

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 40, 48
LINES = (("region", ""), ("service", "7 4"), ("vpc", "2 3"), ("private-subnet", "9 3 2 3"))
"""Kind whose colour a line has, and its dashes."""
LABEL_STEP = 14
_shown = count(1)


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each x of the chart; with `steps` it jumps instead of climbing."""

    name: str
    values: tuple[float, ...]
    steps: bool = False


@dataclass(frozen=True)
class Chart:
    """A line chart; in a notebook it shows itself. At most four lines, at least two xs.

    `mark` is an x that a thin vertical line points at.
    """

    title: str
    x_label: str
    y_label: str
    xs: tuple[float, ...]
    series: tuple[Series, ...]
    mark: float | None = None

    def __post_init__(self) -> None:
        if len(self.xs) < 2 or not 1 <= len(self.series) <= len(LINES):
            raise ValueError(f"A chart has two xs or more, and one to {len(LINES)} lines.")

    @property
    def most(self) -> float:
        """The largest value of all."""
        return max(max(line.values) for line in self.series)

    @property
    def words(self) -> str:
        """What the chart shows, in one sentence for each line."""
        return " ".join(
            f"{line.name}: {line.values[0]:g} at {self.xs[0]:g} {self.x_label}, "
            f"{line.values[-1]:g} at {self.xs[-1]:g}."
            for line in self.series
        )

    @property
    def text(self) -> str:
        """The numbers as lines of text."""
        rows = [
            f"{x:g} {self.x_label}: "
            + ", ".join(f"{line.name} {line.values[at]:g}" for line in self.series)
            for at, x in enumerate(self.xs)
        ]
        return "\n".join([f"{self.title} ({self.y_label})", *rows])

    @property
    def svg(self) -> str:
        """The chart as SVG text; the same chart is the same text."""
        return _draw(
            self, "ecs-chart-" + hashlib.sha256(f"{self.text}{self.mark}".encode()).hexdigest()[:10]
        )

    def table(self) -> str:
        """The numbers as an HTML table."""
        names = (self.x_label, *(line.name for line in self.series))
        head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in names)
        rows = "".join(
            f"<tr><th scope='row'>{x:g}</th>"
            + "".join(f"<td>{line.values[at]:g}</td>" for line in self.series)
            + "</tr>"
            for at, x in enumerate(self.xs)
        )
        return (
            f"<table><caption>{escape(self.title)}, {escape(self.y_label)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _repr_html_(self) -> str:
        picture = _draw(self, f"ecs-chart-{next(_shown)}")
        return f"{picture}<details><summary>The numbers</summary>{self.table()}</details>"

    def __repr__(self) -> str:
        return self.text


def ticks(most: float, wanted: int = 5) -> list[float]:
    """Round numbers from 0 to the first that is not under `most`.

    >>> ticks(87), ticks(0.4)
    ([0.0, 20.0, 40.0, 60.0, 80.0, 100.0], [0.0, 0.1, 0.2, 0.3, 0.4])
    """
    raw = (most or 1) / wanted
    power = 10 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw - 1e-12)
    marks, at = [0.0], 0
    while marks[-1] < most - 1e-9:
        at += 1
        marks.append(round(at * float(step), 10))
    return marks


def _draw(chart: Chart, name: str) -> str:
    root = ET.Element(f"{{{SVG}}}svg", {
        "viewBox": f"0 0 {WIDTH} {HEIGHT}", "id": name, "role": "img", "class": "ecs-chart",
        "style": f"max-width: {WIDTH}px; width: 100%; height: auto;",
        "aria-labelledby": f"{name}-title", "aria-describedby": f"{name}-desc",
    })  # fmt: skip
    _add(root, "title", {"id": f"{name}-title"}, chart.title)
    _add(root, "desc", {"id": f"{name}-desc"}, chart.words)
    _add(root, "style", {}, style_sheet(name))
    marks = ticks(chart.most)
    _axes(root, chart, marks)
    if chart.mark is not None:
        way = f"M{_x(chart, chart.mark):.1f} {TOP}V{HEIGHT - BOTTOM}"
        _add(root, "path", {"d": way, "stroke": inks()["muted"].light, "stroke-dasharray": "4 4"})
    _lines(root, chart, marks[-1])
    return serialise(root)


def _add(parent: ET.Element, tag: str, attributes: dict[str, str], text: str = "") -> None:
    ET.SubElement(parent, f"{{{SVG}}}{tag}", attributes).text = text or None


def _x(chart: Chart, x: float) -> float:
    first, last = chart.xs[0], chart.xs[-1]
    return LEFT + (x - first) / (last - first) * (WIDTH - LEFT - RIGHT)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - value / (top or 1) * (HEIGHT - TOP - BOTTOM)


def _text(root: ET.Element, x: float, y: float, says: str, ink: str, anchor: str = "start") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "fill": ink, "font-size": "12"}
    _add(root, "text", {**place, "text-anchor": anchor}, says)


def _axes(root: ET.Element, chart: Chart, marks: list[float]) -> None:
    ink, muted, grid = inks()["ink"].light, inks()["muted"].light, inks()["line"].light
    _text(root, 8, 20, f"{chart.title} ({chart.y_label})", ink)
    for mark in marks:
        y = _y(mark, marks[-1])
        _add(root, "path", {"d": f"M{LEFT} {y:.1f}H{WIDTH - RIGHT}", "stroke": grid,
                            "stroke-width": "0.5"})  # fmt: skip
        _text(root, LEFT - 8, y + 4, f"{mark:g}", muted, "end")
    every = max(1, len(chart.xs) // 10)
    for x in chart.xs[::every]:
        _text(root, _x(chart, x), HEIGHT - BOTTOM + 18, f"{x:g}", muted, "middle")
    _text(root, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, chart.x_label, ink, "middle")


def _lines(root: ET.Element, chart: Chart, top: float) -> None:
    labels: list[tuple[float, str, str]] = []
    for line, (kind, dashes) in zip(chart.series, LINES, strict=False):
        colour = kinds()[kind].light
        points = [(_x(chart, x), _y(v, top)) for x, v in zip(chart.xs, line.values, strict=True)]
        path = {"d": _path(points, line.steps), "stroke": colour, "fill": "none"}
        _add(root, "path", {**path, "stroke-width": "2.5", "stroke-dasharray": dashes or "none"})
        labels.append((points[-1][1], line.name, colour))
    lowest = -float(HEIGHT)
    for y, says, colour in sorted(labels):
        lowest = max(y + 4, lowest + LABEL_STEP)
        _text(root, WIDTH - RIGHT + 8, lowest, says, colour)


def _path(points: list[tuple[float, float]], steps: bool) -> str:
    """The way through the points: straight, or along and then up halfway before the next."""
    way = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, _), (x1, y1) in pairwise(points):
        way += f"H{(x0 + x1) / 2:.1f}V{y1:.1f}H{x1:.1f}" if steps else f"L{x1:.1f} {y1:.1f}"
    return way
