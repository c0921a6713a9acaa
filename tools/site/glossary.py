"""The glossary: every row of the notebooks' sections "Terms", with a link back to its section."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADING = "## Terms"
PLACE = "Terms"
"""The anchor of such a section."""
HEADER = """\
# Glossary

{count} terms, made from the section *Terms* of each notebook. The number after a meaning leads to
that section.

```{{glossary}}
:sorted:
"""
_ROW = re.compile(r"^\| (?P<term>.+?) \| (?P<meaning>.+?) \|$", re.MULTILINE)


@dataclass
class Term:
    """A word of the course: how it is written, and (meaning, notebook) wherever it is explained."""

    written: str
    meanings: list[tuple[str, str]] = field(default_factory=list)


def terms(books: dict[str, Any]) -> list[Term]:
    """The terms of all notebooks (name without .ipynb -> notebook), by alphabet.

    A term that several notebooks explain is one entry with several meanings.
    """
    found: dict[str, Term] = {}
    for name, book in books.items():
        for written, meaning in _rows(book):
            term = found.setdefault(_plain(written), Term(written))
            term.meanings.append((meaning, name))
    return [found[key] for key in sorted(found)]


def page(found: list[Term], folder: str = "notebooks") -> str:
    """The glossary in MyST Markdown; notebooks lie in `folder`."""
    entries = []
    for term in found:
        meanings = [
            f"{meaning} ([{name[:2]}]({Path(folder, name).as_posix()}.ipynb#{PLACE}))"
            for meaning, name in term.meanings
        ]
        entries.append(f"{term.written}\n  " + "\n\n  ".join(meanings) + "\n")
    return HEADER.format(count=len(found)) + "\n".join(entries) + "```\n"


def _rows(book: Any) -> list[tuple[str, str]]:
    """The (term, meaning) pairs of a notebook's table of terms."""
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown" and "".join(cell["source"]).startswith(HEADING):
            rows = [match.groups() for match in _ROW.finditer("".join(cell["source"]))]
            return [(term, meaning) for term, meaning in rows[1:] if set(term) != {"-"}]
    return []


def _plain(written: str) -> str:
    return written.replace("`", "").casefold()
