"""Pictures drawn in the browser: the way out where Python has no Graphviz of its own.

    >>> from ecs_lab.diagram import draw
    >>> picture = draw({"region": "us-east-1", "account": "123456789012"})
    >>> type(showable(picture)).__name__ in ("Picture", "DotWidget")
    True

Python keeps the picture and finishes the SVG (`Picture.dressed`); the browser only turns DOT into
bare SVG with Viz.js (Graphviz as WebAssembly, `viz.LICENSE.txt`). Viz.js goes over once per page,
when it is asked for, and is not part of the widget's state: a saved notebook stays small.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ecs_lab.diagram import Picture, can_render

_HERE = Path(__file__).parent


def showable(picture: Picture) -> Picture | DotWidget:
    """The picture itself where this machine can draw it, otherwise a widget that draws it."""
    return picture if can_render() else DotWidget(picture)


class DotWidget(anywidget.AnyWidget):
    """A picture that the browser draws; `picture` is what it shows."""

    _esm = _HERE / "dot.js"

    dot = t.Unicode().tag(sync=True)
    # The picture in words: shown until it is drawn, and where it cannot be.
    text = t.Unicode().tag(sync=True)
    # Graphviz' own SVG, as the browser made it, and the finished one, as Python made it from that.
    raw = t.Unicode().tag(sync=True)
    svg = t.Unicode().tag(sync=True)

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        super().__init__(dot=picture.dot, text=picture.text)
        self.on_msg(self._received)

    def _received(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        """The browser asks for Viz.js, once per page."""
        if message.get("do") == "send-viz":
            library = (_HERE / "viz.js.gz").read_bytes()
            self.send({"is": "viz"}, buffers=[library])

    @t.observe("raw")
    def _drawn(self, change: dict[str, Any]) -> None:
        """The browser has drawn the bare SVG: finish it."""
        self.svg = self.picture.dressed(change["new"])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and the picture in words for where widgets do not run."""
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data:
            data["text/plain"] = self.text
        return bundle
