"""Templates of ARNs, filled in from a call's parameters: `cluster/{cluster|clusters=default}`.

A placeholder names a parameter, or several of which the first that is there counts; `a.b` goes
into structures and lists, `@keys` takes a map's keys, and what stands behind `=` is used where
nothing is given. An ARN given for the last placeholder is the whole ARN; for an earlier one its
name counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One place to fill in: paths to parameters, each with how to take what is found there.

    How is `keys`, or the name of one of `lookups`' ways, or nothing.
    """

    paths: tuple[tuple[tuple[str, ...], str], ...]
    default: str | None

    def values(self, parameters: Mapping[str, Any]) -> list[str]:
        """What the parameters have for it; several for a list."""
        for path, how in self.paths:
            if found := [_text(each) for each in _reach(parameters, path, how)]:
                return found
        return [] if self.default is None else [self.default]


@dataclass(frozen=True, slots=True)
class Template:
    """Text with placeholders in it: `texts` stand before, between and behind them."""

    texts: tuple[str, ...]
    placeholders: tuple[Placeholder, ...]

    @property
    def how(self) -> str:
        """The way in which what it gives has to be looked up, or nothing."""
        how = self.placeholders[-1].paths[0][1] if self.placeholders else ""
        return "" if how == "keys" else how

    def fill(self, parameters: Mapping[str, Any]) -> list[str]:
        """What it stands for in a call: nothing where a parameter is missing.

        >>> template = read("arn:aws:ecs:us-east-1:1:task/{cluster=default}/{tasks}")
        >>> template.fill({"tasks": ["a", "b"]})
        ['arn:aws:ecs:us-east-1:1:task/default/a', 'arn:aws:ecs:us-east-1:1:task/default/b']
        """
        if not self.placeholders:
            return [self.texts[0]]
        *before, last = (each.values(parameters) for each in self.placeholders)
        if not all(before):
            return []
        start = "".join(
            text + _name(values[0]) for text, values in zip(self.texts, before, strict=False)
        )
        start += self.texts[-2]
        return [
            value if value.startswith("arn:") else start + _tail(value) + self.texts[-1]
            for value in last
        ]


def read(text: str) -> Template:
    """The template that a text stands for."""
    parts = _PLACEHOLDER.split(text)
    return Template(tuple(parts[::2]), tuple(_placeholder(each) for each in parts[1::2]))


def _placeholder(text: str) -> Placeholder:
    names, equals, default = text.partition("=")
    parts = (each.partition("@") for each in names.split("|"))
    paths = tuple((tuple(path.split(".")), how) for path, _, how in parts)
    return Placeholder(paths, default if equals else None)


def _reach(value: Any, path: tuple[str, ...], how: str) -> list[Any]:
    """All that is found along a path, through every item of the lists on the way."""
    if isinstance(value, list):
        return [found for each in value for found in _reach(each, path, how)]
    if path:
        inner = value.get(path[0]) if isinstance(value, Mapping) else None
        return [] if inner is None else _reach(inner, path[1:], how)
    if isinstance(value, Mapping):
        return list(value) if how == "keys" else list(value.values())[:1]
    return [] if value is None or value == "" else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(value: str) -> str:
    """The name in an ARN that is given in a name's place."""
    return value.rpartition("/")[2] if value.startswith("arn:") else value


def _tail(value: str) -> str:
    """The name in an address, such as that of a queue."""
    return value.rpartition("/")[2] if "://" in value else value
