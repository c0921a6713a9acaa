"""What a board shows, without a browser: as HTML and as text."""

from __future__ import annotations

from ecs_lab.widgets.fields import Choice, Flag, Number, Text
from ecs_lab.widgets.nodes import (
    button,
    buttons,
    element,
    fold,
    svg,
    table,
    to_html,
    to_text,
)


def test_text_is_never_markup() -> None:
    """What looks like HTML in a text or an attribute is shown as it is written."""
    nodes = [element("p", "<b>&", title='"<')]
    assert to_html(nodes) == '<p title="&quot;&lt;">&lt;b&gt;&amp;</p>'
    assert to_text(nodes) == "<b>&"


def test_a_table_reads_as_rows_in_text() -> None:
    """Cells are set apart, and the caption comes first."""
    nodes = [table("Tasks", ["Task", "State"], [["7c65", "RUNNING"], ["88d1", "PENDING"]])]
    assert to_text(nodes) == "Tasks\nTask | State\n7c65 | RUNNING\n88d1 | PENDING"


def test_static_html_has_nothing_to_press() -> None:
    """Buttons are left out; a field is the value that stands in it."""
    fields = [
        Number("count", "Tasks", 3, 1, 9).shown(4),
        Choice("by", "By", "az", [("az", "zone"), ("id", "instance")]).shown("id"),
        Flag("bad", "Bad image").shown(True),
        Text("code", "Code", lines=3).shown("a < b"),
    ]
    static = to_html([*fields, buttons(button("run", "Run"))])
    for tag in ("<button", "<input", "<select", "<textarea", "<option"):
        assert tag not in static
    for value in ("<code>4</code>", "<code>instance</code>", "<code>yes</code>", "a &lt; b"):
        assert value in static


def test_a_drawing_and_a_fold_stay_in_html() -> None:
    """SVG goes in as it is; in text there are only the words."""
    nodes = [svg("<svg><title>A</title></svg>"), fold("More", "inside", key="more")]
    assert "<svg><title>A</title></svg><details><summary>More</summary>" in to_html(nodes)
    assert to_text(nodes) == "More\ninside"
