"""The legend under a picture: only the kinds, states and marks that are in it."""

from __future__ import annotations

from ecs_lab.diagram.cards import NORMAL, SMALL, font, is_new
from ecs_lab.diagram.changes import Changes
from ecs_lab.diagram.graph import Graph
from ecs_lab.diagram.kinds import inks, kinds, tones

ACROSS = 4
STATES = {
    "busy": "not settled yet",
    "bad": "needs attention",
    "off": "stopped or gone",
}


def legend_entries(graph: Graph, changes: Changes) -> list[tuple[str, str]]:
    """Pairs of sign and meaning, in the order of the table; the sign is HTML-like text."""
    present = {item.kind for item in graph} | ({"role"} if any(i.roles for i in graph) else set())
    said = [
        (font(look.glyph, look.light, NORMAL, "B"), look.legend)
        for look in kinds().values()
        if look.legend and look.name in present
    ]
    seen = {item.tone for item in graph}
    said += [
        (font(tones()[tone].mark, tones()[tone].light, NORMAL, "B"), meaning)
        for tone, meaning in STATES.items()
        if tone in seen
    ]
    accent = inks()["accent"].light
    marks = {changes.badge(item) for item in graph}
    if any(is_new(mark) for mark in marks):
        said.append((font("new", accent, SMALL, "B"), "new since the last picture"))
    if any(mark.startswith("was ") for mark in marks):
        said.append((font("was …", accent, SMALL, "B"), "its state in the last picture"))
    if "gone" in marks:
        said.append((font("gone", accent, SMALL, "B"), "not there any more"))
    return said


def legend(graph: Graph, changes: Changes) -> str:
    """The legend as a table, or an empty text where there is nothing to explain."""
    muted = inks()["muted"].light
    entries = [
        f"{sign} {font(f' {meaning}', muted, SMALL)}"
        for sign, meaning in legend_entries(graph, changes)
    ]
    rows = [
        f'<TR><TD ALIGN="LEFT">{"      ".join(entries[i : i + ACROSS])}</TD></TR>'
        for i in range(0, len(entries), ACROSS)
    ]
    look = 'BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="2"'
    return f"<TABLE {look}>{''.join(rows)}</TABLE>" if rows else ""
