"""The fields of a board: what stands in them, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecs_lab.widgets.nodes import Node, element


class FieldError(ValueError):
    """What was put into a field cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number on a slider, from `least` to `most`."""

    name: str
    label: str
    value: int
    least: int
    most: int
    step: int = 1
    unit: str = ""

    def read(self, raw: Any) -> int:
        """The number; raises FieldError for what is none or lies outside."""
        try:
            value = int(raw)
        except (TypeError, ValueError):
            raise FieldError(f"{self.label}: {raw!r} is no whole number.") from None
        if not self.least <= value <= self.most:
            raise FieldError(f"{self.label}: give {self.least} to {self.most}, not {value}.")
        return value

    def shown(self, value: int) -> Node:
        """The slider, with its value beside it."""
        words = f"{value}{self.unit}"
        slider = element("input", name=self.name, type="range", min=self.least, max=self.most,
                         step=self.step, value=value, aria_valuetext=words)  # fmt: skip
        beside = element("output", words, aria_hidden="true")
        return element("label", element("span", self.label), slider, beside, class_="field")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; `options` are values with what is shown for them."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]]

    def read(self, raw: Any) -> str:
        """The value; raises FieldError for one that is not offered."""
        if raw not in (known := [value for value, _ in self.options]):
            raise FieldError(f"{self.label}: {raw!r} is none of {', '.join(known)}.")
        return str(raw)

    def shown(self, value: str) -> Node:
        """The box."""
        inside = [
            element("option", shown, value=each, selected=each == value)
            for each, shown in self.options
        ]
        box = element("select", *inside, name=self.name)
        return element("label", element("span", self.label), box, class_="field")


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    name: str
    label: str
    value: bool = False

    def read(self, raw: Any) -> bool:
        """Whether it is ticked."""
        return bool(raw)

    def shown(self, value: bool) -> Node:
        """The box to tick."""
        tick = element("input", name=self.name, type="checkbox", checked=value)
        return element("label", tick, element("span", self.label), class_="field flag")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of one line, or of several."""

    name: str
    label: str
    value: str = ""
    lines: int = 1

    def read(self, raw: Any) -> str:
        """The text."""
        return str(raw)

    def shown(self, value: str) -> Node:
        """The field."""
        if self.lines == 1:
            field = element("input", name=self.name, type="text", value=value, spellcheck="false")
        else:
            field = element("textarea", value, name=self.name, rows=self.lines, spellcheck="false")
        return element("label", element("span", self.label), field, class_="field wide")


Field = Number | Choice | Flag | Text
