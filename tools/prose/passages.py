"""What the course says in prose: passages of notebooks, questions, exercises and documents.

A passage is a paragraph, an item, a heading or a field of a table, without its code and addresses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import ascii_uppercase

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = ["*.md", "docs/*.md", "docs/adr/*.md"]
MADE = {"docs/coverage.md", "docs/fidelity.md"}
"""Documents that tools make, of what is read elsewhere."""
COURSE_FILES = ["quizzes/*.yaml", "ecs_lab/exercises/catalog/*/exercise.yaml"]
A_SENTENCE = 3
"""Words; shorter values of a course file are names, not prose."""
NO_PROSE = {"id", "section", "sources", "proof", "picture", "variants", "exams", "concepts"}


@dataclass(frozen=True)
class Passage:
    """Some prose, where it stands ("file:line", or "notebook cell"), and what kind it is."""

    where: str
    text: str
    kind: str
    """ "text" for whole sentences, "heading" or "cell" for what may be a few words."""


def all_passages() -> Iterator[Passage]:
    """Everything that is read by people who learn or contribute."""
    for path in _files("notebooks/*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield from in_markdown("".join(cell["source"]), f"{_name(path)} cell {cell['id']}")
    for path in _files(*COURSE_FILES):
        yield from _in_course_file(path)
    for path in _files(*DOCUMENTS):
        if _name(path) not in MADE:
            yield from in_markdown(path.read_text("utf-8"), _name(path), lines=True)


def in_markdown(text: str, where: str, *, lines: bool = False) -> Iterator[Passage]:
    """The passages of a text in Markdown that stands at `where`; `lines` adds theirs to it."""
    tokens = _parser().parse(text)
    for before, token in pairwise([Token("", "", 0), *tokens]):
        if token.type == "inline" and (prose := _prose(token)):
            at = f"{where}:{token.map[0] + 1}" if lines and token.map else where
            yield Passage(at, prose, _kind(before))


def _kind(opening: Token) -> str:
    kinds = {"heading_open": "heading", "td_open": "cell", "th_open": "cell"}
    return kinds.get(opening.type, "text")


def _prose(token: Token) -> str:
    """The words of a paragraph; a piece of code becomes a name: XA, XC."""
    words = []
    for child in token.children or []:
        if child.type == "text":
            words.append(child.content)
        elif child.type == "code_inline":
            words.append("X" + ascii_uppercase[len(words) % 26])
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return "".join(words).strip()


def _in_course_file(path: Path) -> Iterator[Passage]:
    root = yaml.compose(path.read_text("utf-8"))
    for line, value in _values(root):
        if len(value.split()) >= A_SENTENCE:
            yield from in_markdown(value, f"{_name(path)}:{line + 1}")


def _values(node: yaml.Node | None, key: str = "") -> Iterator[tuple[int, str]]:
    """The (line, text) of all values that are prose."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _values(value, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _values(value, key)
    elif isinstance(node, yaml.ScalarNode) and key not in NO_PROSE:
        yield node.start_mark.line, node.value


def _files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")
