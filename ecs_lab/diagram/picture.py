"""A picture of a lab: SVG for the page, DOT and PNG for elsewhere, words for everybody."""

from __future__ import annotations

from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from ecs_lab.diagram.changes import Changes
from ecs_lab.diagram.dot import to_dot
from ecs_lab.diagram.dress import dress, id_of, renamed
from ecs_lab.diagram.graph import Graph
from ecs_lab.diagram.render import RenderError, render
from ecs_lab.diagram.text import to_text

_shown = count(1)
FORMS = (".svg", ".png", ".dot", ".txt")


class Picture:
    """One picture; in a notebook it shows itself.

    `graph` is what is drawn, `changes` what differs from the picture before. Nothing is rendered
    before it is asked for.
    """

    def __init__(self, graph: Graph, changes: Changes) -> None:
        self.graph = graph
        self.changes = changes

    def __repr__(self) -> str:
        return f"<Picture: {self.graph.title}, {len(self.graph.items)} items>"

    @cached_property
    def dot(self) -> str:
        """The DOT text."""
        return to_dot(self.graph, self.changes)

    @cached_property
    def svg(self) -> str:
        """The SVG text, for light and dark pages; RenderError where there is no Graphviz."""
        return self.dressed(render(self.dot, "svg"))

    @cached_property
    def text(self) -> str:
        """The picture in words: a nested list."""
        return to_text(self.graph, self.changes)

    def dressed(self, raw: bytes | str) -> str:
        """Graphviz' own SVG of this picture, wherever it was made, as the finished SVG."""
        return dress(raw, self.graph, self.changes, self.text)

    def png(self, dpi: int = 144) -> bytes:
        """The picture in the light colours on white, as a PNG file's content."""
        opaque = self.dot.replace("bgcolor=transparent", f"bgcolor=white dpi={dpi}", 1)
        return render(opaque, "png")

    def html(self) -> str:
        """The SVG for a page, under an id that no picture shown before in this process has."""
        return f'<div class="ecs-lab-picture" style="overflow-x: auto">{self.inline()}</div>'

    def inline(self) -> str:
        """The SVG under such an id."""
        name = id_of(self.svg)
        return renamed(self.svg, name, f"{name}-{next(_shown)}")

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the picture to a file whose ending says the form: .svg, .png, .dot or .txt.

        A file that exists is left alone unless `overwrite` is true (FileExistsError). Another
        ending is a ValueError.
        """
        target = Path(path)
        form = target.suffix.lower()
        if form not in FORMS:
            raise ValueError(
                f"A picture cannot be saved as {target.name!r}: "
                f"end the name with one of {', '.join(FORMS)}."
            )
        content = self._as_file(form)
        try:
            with target.open("wb" if overwrite else "xb") as file:
                file.write(content)
        except FileExistsError:
            raise FileExistsError(
                f"{target} exists already and was left alone: "
                f"choose another name, or say overwrite=True to replace it."
            ) from None
        except FileNotFoundError:
            raise FileNotFoundError(
                f"The folder {target.parent} does not exist: create it first, then save again."
            ) from None
        return target

    def _as_file(self, form: str) -> bytes:
        if form == ".png":
            return self.png()
        text = {".svg": "svg", ".dot": "dot", ".txt": "text"}[form]
        return str(getattr(self, text)).rstrip("\n").encode() + b"\n"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: HTML with the SVG in it, the SVG itself, or else the words.

        JupyterLab puts an image/svg+xml output into an img element, where the page's theme cannot
        reach it; inside HTML it can.
        """
        try:
            return {"text/html": self.html(), "image/svg+xml": self.svg, "text/plain": self.text}
        except RenderError as error:
            return {"text/plain": f"{self.text}\n\n{error}"}
