"""A board: fields and buttons, and what they lead to. Time control, step builder and playgrounds
are boards.

Python holds the state and says what is shown, as a tree of nodes; the browser builds it, and sends
what the learner does. Where widgets do not run, the same tree is HTML or text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ecs_lab.widgets.fields import Field, FieldError
from ecs_lab.widgets.nodes import Node, element, to_html, to_text
from ecs_lab.widgets.panel import style

_HERE = Path(__file__).parent


class Board(anywidget.AnyWidget):
    """A panel of its own name; the browser sends {"do": "run", "values": {"count": "3"}}.

    A subclass says what it shows (`parts`), what its buttons do (`actions`), and what follows when
    a field changes (`changed`).
    """

    _esm = _HERE / "board.js"
    _css = style("board")

    title = t.Unicode().tag(sync=True)
    body: t.List[Node] = t.List().tag(sync=True)
    # What a screen reader is told about the last action.
    notice = t.Unicode().tag(sync=True)
    # Seconds between two {"do": "tick"} that the browser sends by itself; 0 for none.
    ticking = t.Float(0.0).tag(sync=True)
    # What some buttons lead to, by their names: shown at once, before this kernel has heard of it.
    ahead: t.Dict[str, list[Node]] = t.Dict().tag(sync=True)

    def __init__(self, title: str, fields: Sequence[Field] = ()) -> None:
        self._fields = {field.name: field for field in fields}
        self.values: dict[str, Any] = {field.name: field.value for field in fields}
        super().__init__(title=title)
        self.on_msg(self._received)

    # ------------------------------------------------------------------ what a subclass says

    def parts(self) -> list[Node]:
        """What is shown."""
        raise NotImplementedError

    def actions(self) -> Mapping[str, Callable[[], object]]:
        """What each button does, by its name."""
        return {}

    def changed(self) -> None:
        """A field has another value."""

    def afterwards(self) -> None:
        """What takes time, once the browser has been told what to show."""

    # ------------------------------------------------------------------ what all share

    def show(self, notice: str | None = None) -> None:
        """Show what there is now, and tell the notice if there is one."""
        with self.hold_sync():
            self.body = self.parts()
            if notice is not None:
                self.notice = notice

    def field(self, name: str) -> Node:
        """A field with what stands in it."""
        return self._fields[name].shown(self.values[name])

    def set(self, **values: Any) -> None:
        """Put values into fields, as the learner would.

        Raises FieldError for a value that the field does not take, KeyError for another field.
        """
        read = {name: self._fields[name].read(value) for name, value in values.items()}
        if read != {name: self.values[name] for name in read}:
            self.values |= read
            self.changed()

    def press(self, name: str) -> None:
        """Press a button, as the learner would."""
        self.actions()[name]()

    def _received(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        try:
            known = {k: v for k, v in message.get("values", {}).items() if k in self._fields}
            self.set(**known)
            if message["do"] in self.actions():
                self.press(message["do"])
        except FieldError as error:
            self.notice = str(error)
        except Exception as error:  # nothing else would show it to the learner
            self.ticking = 0.0
            self.notice = f"That did not work: {error}"
        self.send({"told": True})  # the browser waits for it before it sends the next one
        self.afterwards()

    def as_html(self) -> str:
        """What is shown, for places without widgets."""
        heading = element("h4", self.title)
        inside = to_html([heading, *self.body])
        return f'<style>{self._css}</style><div class="ecs-lab-panel ecs-lab-board">{inside}</div>'

    def as_text(self) -> str:
        """What is shown, in words."""
        return f"{self.title}\n{to_text(self.body)}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget and, for places that show none, the same as HTML and text."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": self.as_text(), "text/html": self.as_html()}, metadata
