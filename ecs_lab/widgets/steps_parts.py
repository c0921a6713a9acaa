"""Pieces of the step builder's panel: how a step's calls, output and pictures are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ecs_lab.widgets.nodes import Node, button, buttons, element, fold
from ecs_lab.widgets.picture import picture

if TYPE_CHECKING:
    from ecs_lab.steps.calls import Call
    from ecs_lab.steps.player import Done
    from ecs_lab.steps.script import Step


def field_of(number: int) -> str:
    """The name of the field with a step's code."""
    return f"code-{number}"


def rows(code: str) -> int:
    """How many rows the field has at first; one of a single row is another kind of field."""
    return max(2, code.count("\n") + 1)


def toggle(name: str, label: str, opened: bool) -> Node:
    """A button that shows something, and puts it away again."""
    node = button(name, label)
    node["attributes"]["aria-expanded"] = "true" if opened else "false"
    return node


def changes(done: Done) -> str:
    """What changed in the picture, in a few words."""
    found = done.picture.changes
    counts = (("new", found.new), ("changed", found.changed), ("gone", found.gone))
    return ", ".join(f"{len(keys)} {what}" for what, keys in counts if keys) or "nothing new"


def pages(step: Step, *, in_words: bool = False) -> list[Node]:
    """Where AWS says what the step's text says: links, or in words their addresses."""
    if in_words:
        return [element("p", page) for page in step.pages]
    links = [each for page in step.pages for each in (", ", _link(page))][1:]
    return [element("p", "AWS's page: ", *links)] if links else []


def _link(page: str) -> Node:
    name = page.rpartition("/")[2].removesuffix(".html")
    return element("a", name, href=page, target="_blank", rel="noopener")


def output(text: str) -> list[Node]:
    """What a step printed."""
    return [element("pre", text, tabindex=0, aria_label="Output")] if text else []


def outcome(done: Done, *, in_words: bool) -> list[Node]:
    """What a step did, where nothing can be pressed; the picture only if it has changed."""
    words = element("p", f"In the picture: {changes(done)}.")
    if not done.picture.changes:
        return [*output(done.output), words]
    drawn = [element("pre", done.picture.text)] if in_words else picture(done.picture)
    return [*output(done.output), words, *drawn]


def calls(number: int, made: Sequence[Call], *, opened: bool) -> list[Node]:
    """The button that lists a step's requests and answers, and the list if it is wanted."""
    if not made:
        return []
    listing = toggle(f"calls-{number}", f"Requests and answers ({len(made)})", opened)
    shown = [_call(f"call-{number}-{place}", call) for place, call in enumerate(made, 1)]
    return [buttons(listing), *(shown if opened else [])]


def _call(key: str, call: Call) -> Node:
    refused = f", refused: {call.refused}" if call.refused else ""
    return fold(
        f"{call.service}: {call.operation}{refused}",
        element("h5", "Request"),
        element("pre", call.request, tabindex=0, aria_label="Request"),
        element("h5", "Answer"),
        element("pre", call.answer, tabindex=0, aria_label="Answer"),
        key=key,
    )
