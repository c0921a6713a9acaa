"""Cards and boxes as Graphviz' HTML-like labels, each with the height that it will have.

Graphviz' tables (https://graphviz.org/doc/info/shapes.html#html) place text and nested boxes in
rows and columns: a picture stays where it was when one task is added. They spread spare height
over all rows, so heights are computed here and `filled` puts the spare height at the bottom.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ecs_lab.diagram.graph import Group, Node
from ecs_lab.diagram.kinds import Look, inks, kinds, tones
from ecs_lab.diagram.text import clean

SMALL, NORMAL, LARGE = 9, 9, 11  # whole points: Graphviz takes no others
LINE = 1.25  # room for a line of text in font sizes: enough for any font, so heights are certain
PAD = 1  # points around a line of text
FRAME = 5  # points between a card's border and its text
GAP = 7  # points between the things in a box
WIDEST = 40  # characters in a line before it is wrapped
COLUMNS = 12  # of a card
BADGE = 16  # height of the row with the mark of a change
LANDING = (
    "in"  # added to a port's name: where lines arrive, near the right end, clear of the heading
)
LINES = 3  # of one wrapped text before it is cut


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a label: its HTML-like text, and its height in points."""

    html: str
    height: float


def lines(words: str, widest: int = WIDEST, most: int = LINES) -> list[str]:
    """A text in at most `most` lines of at most `widest` characters, cut with an ellipsis."""
    wrapped = textwrap.wrap(clean(words), widest, break_on_hyphens=False)
    if len(wrapped) > most:
        wrapped = [*wrapped[: most - 1], wrapped[most - 1][: widest - 1] + "…"]
    return wrapped


def written(words: str) -> str:
    r"""Text as it may stand in a label: Graphviz takes \N for the node's name, but not \\N."""
    return escape(words).replace("\\", "\\\\")


def font(words: str, colour: str, size: int = NORMAL, style: str = "") -> str:
    """Escaped text in one colour and size; `style` is B (bold) or empty."""
    inner = written(words) or " "
    inner = f"<{style}>{inner}</{style}>" if style else inner
    return f'<FONT COLOR="{colour}" POINT-SIZE="{size}">{inner}</FONT>'


def row(content: str, size: int, right: str = "") -> Block:
    """One row of a card, as wide as the card; `right` is one more cell, at the right end.

    Graphviz spreads spare width evenly over all columns: a card has many, the right end is one.
    """
    span = COLUMNS - 1 if right else COLUMNS
    height = BADGE if right else math.ceil(size * LINE) + 2 * PAD
    gap = font("   ", inks()["muted"].light, size) if right else ""
    left = f'<TD ALIGN="LEFT" COLSPAN="{span}" HEIGHT="{height}">{content}{gap}</TD>'
    return Block(f"<TR>{left}{right}</TR>", height)


def badge(words: str) -> str:
    """The cell that marks a change: "new" stands on the accent colour, other words are in it."""
    if not words:
        return ""
    accent, bright = inks()["accent"].light, inks()["on-accent"].light
    loud = is_new(words)
    look = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" STYLE="ROUNDED"'
    ground = f' BGCOLOR="{accent}"' if loud else ""
    said = font(f" {words} ", bright if loud else accent, SMALL, "B")
    return f"<TD><TABLE {look}{ground}><TR><TD>{said}</TD></TR></TABLE></TD>"


def is_new(mark: str) -> bool:
    """Whether a mark says that something is new, and not merely changed or gone."""
    return mark.endswith("new")


def look_of(node: Node) -> Look:
    """The row of the table with a node's colour and border: its tone's when that is not "good"."""
    return kinds()[node.kind] if node.tone == "good" else tones()[node.tone]


def heading(node: Node, mark: str) -> list[Block]:
    """The rows at the top of a card or box: kind and badge, name, state, details, roles."""
    kind, look = kinds()[node.kind], look_of(node)
    muted, ink = inks()["muted"].light, inks()["ink"].light
    if kind.heading == "line":
        return _one_line(node, kind, mark)
    says = f"{kind.glyph} {kind.says}".strip()
    colour = kind.light if look is kind else look.light
    sign = badge(mark)
    rows = [row(font(says or " ", colour, SMALL, "B"), SMALL, sign)] if says or sign else []
    quiet = node.faded or node.ghost or node.kind == "more"
    style = "" if quiet else "B"
    size = NORMAL if node.kind == "more" else LARGE
    rows += [row(font(t, muted if quiet else ink, size, style), size) for t in lines(node.label)]
    rows += _state_and_details(node, muted)
    role = kinds()["role"]
    for line in node.roles:
        rows += [row(font(t, role.light), NORMAL) for t in lines(f"{role.glyph} {line}")]
    return rows


def _one_line(node: Node, kind: Look, mark: str) -> list[Block]:
    """The top of a box that says where things are: "Public subnet 10.0.0.0/20  NAT gateway"."""
    muted, ink = inks()["muted"].light, inks()["ink"].light
    label, state = clean(node.label), node.status if node.status != "ACTIVE" else ""
    details = "  ".join(clean(d) for d in (state, *node.detail) if d)
    said = font(f"{kind.says}  ", kind.light, NORMAL, "B")
    short = len(label) + len(details) < WIDEST * 1.5
    said += font(lines(label, most=1)[0], ink, NORMAL, "B") if label else ""
    rows = [row(said + (font(f"   {details}", muted) if details and short else ""), NORMAL)]
    if mark:
        rows = [row(said, NORMAL, badge(mark))]
    if details and (mark or not short):
        rows += [row(font(line, muted), NORMAL) for line in lines(details)]
    return rows


def _state_and_details(node: Node, muted: str) -> list[Block]:
    """The state in its tone's colour, with the first detail beside it when both fit in a line."""
    rows: list[Block] = []
    details = list(node.detail)
    if node.status:
        tone = tones()[node.tone]
        first, *rest = lines(f"{tone.mark} {node.status}", most=4)
        state = font(first, tone.light)
        if details and not rest and len(first) + len(details[0]) < WIDEST - 2 and not node.faded:
            state += font(f"   {clean(details.pop(0))}", muted)
        rows = [row(state, NORMAL), *(row(font(line, tone.light), NORMAL) for line in rest)]
    wrapped = [line for detail in details for line in lines(detail)]
    return rows + [row(font(line, muted), NORMAL) for line in wrapped]


def card(node: Node, mark: str, port: str) -> Block:
    """A node as a card."""
    head = _stacked(heading(node, mark))
    inside = Block(f"<TR><TD>{head.html}</TD></TR>", head.height + 2 * FRAME)
    return _table(node, mark, port, [inside], padding=FRAME, spacing=0)


def box(
    group: Group,
    mark: str,
    port: str,
    content: Sequence[Sequence[Block]],
    *,
    least: int = 0,
    height: float = 0,
) -> Block:
    """A group as a box around rows of blocks, at least `least` wide and `height` high."""
    head = _stacked(heading(group, mark))
    columns = max((len(r) for r in content), default=1)
    wide = f' WIDTH="{least}"' if least else ""
    rows = [Block(f'<TR><TD COLSPAN="{columns}"{wide}>{head.html}</TD></TR>', head.height)]
    rows += [Block(_cells(r, columns), max(b.height for b in r)) for r in content if r]
    done = _table(group, mark, port, rows, padding=0, spacing=GAP)
    spare = height - done.height - GAP
    if spare < 1:
        return done
    rows.append(Block(f'<TR><TD COLSPAN="{columns}" HEIGHT="{spare:.0f}"></TD></TR>', spare))
    return _table(group, mark, port, rows, padding=0, spacing=GAP)


def _cells(blocks: Sequence[Block], columns: int) -> str:
    """A table row of blocks; the last one takes the columns that are left over."""
    spans = [1] * (len(blocks) - 1) + [columns - len(blocks) + 1]
    height = max(b.height for b in blocks)
    cells = (
        f'<TD COLSPAN="{span}">{filled(block, height).html}</TD>'
        for block, span in zip(blocks, spans, strict=True)
    )
    return f"<TR>{''.join(cells)}</TR>"


def filled(block: Block, height: float) -> Block:
    """A block with blank room under it, as high as asked for."""
    spare = height - block.height
    if spare < 1:
        return block
    blank = f'<TR><TD HEIGHT="{spare:.0f}"></TD></TR>'
    return Block(_bare(f"<TR><TD>{block.html}</TD></TR>{blank}", 0), height)


def stacked(blocks: Sequence[Block]) -> Block:
    """Blocks under each other, as one block; none at all give a blank of no height."""
    if len(blocks) == 1:
        return blocks[0]
    rows = "".join(f'<TR><TD CELLPADDING="{GAP // 2}">{b.html}</TD></TR>' for b in blocks)
    return Block(_bare(rows or "<TR><TD></TD></TR>", 0), sum(b.height + GAP for b in blocks))


def _stacked(rows: Sequence[Block]) -> Block:
    """Rows of text as one block."""
    return Block(_bare("".join(r.html for r in rows), PAD), sum(r.height for r in rows))


def _bare(rows: str, padding: int) -> str:
    """A table that cannot be seen: only there to put things in rows."""
    look = f'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}"'
    return f"<TABLE {look}>{rows}</TABLE>"


def _table(
    node: Node,
    mark: str,
    port: str,
    rows: Sequence[Block],
    *,
    padding: int,
    spacing: int,
) -> Block:
    """The frame of a card or box. ID and TITLE make Graphviz write a group for it into the SVG."""
    kind, look = kinds()[node.kind], look_of(node)
    new = is_new(mark)
    frame = inks()["accent"].light if new else look.light
    width = 0 if kind.border == "none" and not new else 2 if new else 1
    dashed = ",DASHED" if "dashed" in (kind.border, look.border) and not new else ""
    ground = inks()["paper"].light if kind.tint == "card" else f"{look.light}{kind.tint}"
    attributes = {
        "ID": port,
        "PORT": port,
        "TITLE": clean(node.label) or node.kind,
        "BORDER": f"{width}",
        "CELLBORDER": "0",
        "CELLSPACING": "0",
        "CELLPADDING": "0",
        "STYLE": f"ROUNDED{dashed}",
        "COLOR": frame,
        "BGCOLOR": ground,
    }
    said = " ".join(f'{name}="{written(value)}"' for name, value in attributes.items())
    high = sum(r.height for r in rows) + (len(rows) + 1) * spacing
    inside = (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="{padding}">'
        f"{''.join(r.html for r in rows)}</TABLE>"
    )
    blank, door = '<TD HEIGHT="1"></TD>', f'<TD HEIGHT="1" PORT="{port}{LANDING}"></TD>'
    landing = blank * (COLUMNS - 3) + door + blank * 2
    body = f'<TR>{landing}</TR><TR><TD COLSPAN="{COLUMNS}">{inside}</TD></TR>'
    return Block(f"<TABLE {said}>{body}</TABLE>", high + 1 + 2 * width)
