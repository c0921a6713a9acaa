"""What the site is made of, laid out for Sphinx in one folder as it lies in the repository.

So the links between files are right as they stand. Files that are linked to and are no pages (a
test, a table) come along, and can be downloaded.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import executed
import glossary
import practice

ROOT = executed.ROOT
TEXTS = ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
WIDGET = "application/vnd.jupyter.widget-view+json"
DECISIONS = "docs/adr"

_LINK = re.compile(r"\]\((?!https?:|mailto:|#|<)([^)#\s]+)(#[^)\s]*)?\)")
_PICTURE = re.compile(r"^!\[[^\]]*\]\(([^)\s]+\.svg)\)$", re.MULTILINE)
_NOTEBOOK_IN_HTML = re.compile(r'href="([\w-]+)\.ipynb(#[^"]*)?"')


def stage(target: Path) -> None:
    """Fill `target` with all pages of the site."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "notebooks").mkdir(parents=True)
    books = {path.stem: as_page(executed.read(path)) for path in executed.all_executed()}
    for name, book in books.items():
        executed.write(book, target / "notebooks" / f"{name}.ipynb")
    for path in [*(ROOT / name for name in TEXTS), *sorted((ROOT / "docs").rglob("*.md"))]:
        _write(target / path.relative_to(ROOT), path.read_text("utf-8"))
    _write(target / "glossary.md", glossary.page(glossary.terms(books)))
    _practice(target)
    _contents(target)
    for path in target.rglob("*.md"):
        _bring_what_it_names(path, target)


def as_page(book: Any) -> Any:
    """A notebook's copy as readers get it: widgets in their static form, links as on the site."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(WIDGET, None)
            if "text/html" in data:
                data["text/html"] = _NOTEBOOK_IN_HTML.sub(r'href="\1.html\2"', data["text/html"])
        if cell.source.startswith(glossary.HEADING):
            cell.source += "\n\nThe terms of all notebooks: [glossary](../glossary.md)."
    return book


def _practice(target: Path) -> None:
    """The exercises, the questions, and links to them from the table of coverage."""
    every = practice.exercises()
    _write(target / "exercises.md", practice.exercises_page(every))
    for topic in practice.topics():
        _write(target / "questions" / f"{topic.name}.md", practice.questions_page(topic))
    coverage = target / "docs" / "coverage.md"
    text = coverage.read_text("utf-8")
    for exercise in every:
        text = text.replace(f"`{exercise.id}`", f"[`{exercise.id}`](../exercises.md#{exercise.id})")
    _write(coverage, text)


def _contents(target: Path) -> None:
    """The front page is the README with the table of contents; decisions have a page of theirs."""
    names = sorted(path.stem for path in (target / "notebooks").glob("*.ipynb"))
    topics = [f"questions/{topic.name}" for topic in practice.topics()]
    text = (
        (ROOT / "README.md")
        .read_text("utf-8")
        .replace(f"]({DECISIONS})", f"]({DECISIONS}/index.md)")
    )
    text += _tree("Notebooks", [f"notebooks/{name}" for name in names])
    text += _tree("Practice", ["exercises", "questions/index", "glossary"])
    made = ["docs/coverage", "docs/fidelity", "docs/moto-findings", f"{DECISIONS}/index"]
    text += _tree("How it is made", made + [name.removesuffix(".md") for name in TEXTS])
    _write(target / "index.md", text)
    decisions = sorted(path.stem for path in (target / DECISIONS).glob("*.md"))
    _write(target / DECISIONS / "index.md", "# Decisions\n" + _tree("", decisions, hidden=False))
    listed = [name.removeprefix("questions/") for name in topics]
    _write(target / "questions" / "index.md", "# Questions\n" + _tree("", listed, hidden=False))


def _tree(caption: str, names: list[str], *, hidden: bool = True) -> str:
    options = ([":hidden:"] if hidden else []) + ([f":caption: {caption}"] if caption else [])
    return "\n```{toctree}\n" + "\n".join([*options, ":maxdepth: 1", "", *names]) + "\n```\n"


def _bring_what_it_names(page: Path, target: Path) -> None:
    """Copy the files of the repository that a page links to; its SVG pictures become part of it,
    because only there they follow the choice of light or dark.
    """
    text = page.read_text("utf-8")
    for name, _ in _LINK.findall(text):
        there = page.parent / name
        source = ROOT / there.resolve().relative_to(target.resolve())
        if not there.exists() and source.is_file():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, there)
    page.write_text(_PICTURE.sub("```{raw} html\n:file: \\1\n```", text), "utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
