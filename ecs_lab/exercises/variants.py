"""Variants: the same exercise with other names, sizes, zones or faults for each learner.

    variants:                                     in exercise.yaml: each name with its choices
      cluster: [shop, library, harbour]
      size:
        - {cpu_units: 384, memory_mib: 2500}
        - {cpu_units: 700, memory_mib: 1800}

`{variant.cluster}` in a text or an f-string, `variant.cluster` and `variant.size.cpu_units` in the
code of checks and samples stand for what this learner has. It is put in before anything is shown
or run, so that a solution reads as one would write it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ecs_lab import paths

IMPORT = "from ecs_lab.exercises.variants import variant\n"
"""What course code that uses variants has at its head, for those who read it and for linters."""

variant: Any = None
"""Stands for the learner's variant in the code of a course file, where its values are put in."""

Choices = Mapping[str, list[Any]]
Variant = Mapping[str, Any]

_NAME = r"variant\.([a-z]\w*)(?:\.([a-z]\w*))?"


class UnknownChoiceError(Exception):
    """A course file uses a name that its exercise's variants do not have."""

    def __init__(self, name: str, line: int, known: list[str]) -> None:
        super().__init__(name)
        self.name, self.line, self.known = name, line, known


def learner() -> str:
    """Whose variants are wanted here: `ECS_LAB_LEARNER`, or the name that `remember` has kept.

    Without either it is nobody in particular, "", who gets the first of all choices.
    """
    if _instead:
        return _instead[-1]
    if (named := os.environ.get("ECS_LAB_LEARNER")) is not None:
        return normal(named)
    try:
        return normal(_file().read_text(encoding="utf-8"))
    except OSError:
        return ""


_instead: list[str] = []


@contextmanager
def using(name: str) -> Iterator[None]:
    """Within the block, the variants of this learner are wanted."""
    _instead.append(name)
    try:
        yield
    finally:
        _instead.pop()


def remember(name: str) -> None:
    """Keep the name of the learner who works on this machine; raises OSError."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    _file().write_text(name.strip() + "\n", encoding="utf-8")


def normal(name: str) -> str:
    """A name as variants know it: `Ana María (2)` and `ana_maria` are the same person.

    >>> normal("Ana María (2)")
    'anamaria'
    """
    plain = unicodedata.normalize("NFKD", re.sub(r"\(\d+\)", "", name).casefold())
    number = "#" if name.startswith("#") else ""
    return number + "".join(letter for letter in plain if letter.isalnum())


def choose(choices: Choices, exercise_id: str, name: str) -> Variant:
    """The variant of an exercise that a learner has, always the same for the same name.

    Nobody ("") has the first choice of each; "#2" has the third (and so on, round and round), which
    is how the course is proven.
    """
    if name == "" or name.startswith("#"):
        return {key: values[int(name[1:] or 0) % len(values)] for key, values in choices.items()}
    return {
        key: values[_drawn(f"{normal(name)}/{exercise_id}/{key}", len(values))]
        for key, values in choices.items()
    }


def count(choices: Choices) -> int:
    """How many of "#0", "#1" ... it takes for every choice to have its turn."""
    return max(map(len, choices.values()), default=1)


def in_words(chosen: Variant) -> str:
    """What a variant has, as `cluster shop, size (cpu_units 384, memory_mib 2500)`."""
    said = (
        f"{key} ({in_words(value)})" if isinstance(value, dict) else f"{key} {value}"
        for key, value in chosen.items()
    )
    return ", ".join(said)


def in_text(text: str, chosen: Variant) -> str:
    """The text with the values for `{variant.name}`; raises `UnknownChoiceError`."""
    return _filled(text, rf"\{{{_NAME}\}}", chosen, str)


def in_code(code: str, chosen: Variant) -> str:
    """Python code with the values for `variant.name`, line for line; raises `UnknownChoiceError`.

    >>> in_code('print(f"in {variant.cluster}", variant.cluster)', {"cluster": "shop"})
    'print("in shop", "shop")'
    >>> in_code('note = f\"\"\"{{"of": "{variant.cluster}"}}\"\"\"', {"cluster": "shop"})
    'note = f\"\"\"{{"of": "shop"}}\"\"\"'
    """
    inside = _filled(code, rf"\{{{_NAME}\}}", chosen, str)
    lines = [
        new if new == old else re.sub(r'\bf("[^"{}]*")(?!")', r"\1", new)  # nothing left
        for old, new in zip(code.split("\n"), inside.split("\n"), strict=True)
    ]
    return _filled("\n".join(lines), rf"\b{_NAME}", chosen, _literal)


def _filled(text: str, pattern: str, chosen: Variant, form: Callable[[Any], str]) -> str:
    def value(found: re.Match[str]) -> str:
        name, part = found.groups()
        values = chosen.get(name)
        if isinstance(values, dict) and part in values:
            return form(values[part])
        if values is None or isinstance(values, dict):
            line = text.count("\n", 0, found.start()) + 1
            raise UnknownChoiceError(found[0].strip("{}"), line, _names(chosen))
        return form(values) + (f".{part}" if part else "")

    return re.sub(pattern, value, text)


def _names(chosen: Variant) -> list[str]:
    return [
        f"variant.{key}.{part}" if part else f"variant.{key}"
        for key, value in chosen.items()
        for part in (value if isinstance(value, dict) else [""])
    ]


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _drawn(name: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % count


def _file() -> Any:
    return paths.data_dir() / "learner.txt"
