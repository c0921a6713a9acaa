"""What a board shows, as a tree of plain data: the browser builds it, and where widgets do not run
it becomes HTML or text.

    >>> tree = [element("p", "Two tasks ", element("strong", "run"), ".")]
    >>> to_html(tree), to_text(tree)
    ('<p>Two tasks <strong>run</strong>.</p>', 'Two tasks run.')

A node is {"text": "..."}, {"svg": "<svg ...>"}, or {"tag", "attributes", "children"}; one with a
"name" is a control, whose use Python hears of.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

Node = dict[str, Any]
Child = Node | str

_VOID = {"input", "br", "hr"}
_LINES = {
    "p", "div", "section", "figure", "figcaption", "caption", "tr", "li", "pre", "ul", "ol",
    "table", "h4", "h5", "summary", "details", "legend", "fieldset",
}  # fmt: skip
_CONTROLS = {"button", "input", "select", "textarea", "progress"}


def element(tag: str, *children: Child | None, name: str = "", **attributes: Any) -> Node:
    """An element; attributes as Python can write them: `class_`, `aria_label`, `colspan=2`.

    An attribute that is None or False is left out, one that is True has no value.
    """
    node: Node = {"tag": tag, "attributes": {}, "children": []}
    for key, value in attributes.items():
        if value is not None and value is not False:
            attribute = key.rstrip("_").replace("_", "-")
            node["attributes"][attribute] = "" if value is True else str(value)
    node["children"] = [_node(child) for child in children if child is not None]
    return node | ({"name": name} if name else {})


def _node(child: Child) -> Node:
    return {"text": child} if isinstance(child, str) else child


def button(name: str, label: str, *, main: bool = False, off: bool = False) -> Node:
    """A button that sends `name`; one that is `off` keeps its place and its focus."""
    look = "main" if main else None
    return element("button", label, name=name, type="button", class_=look,
                   aria_disabled="true" if off else None)  # fmt: skip


def buttons(*inside: Node) -> Node:
    """Buttons side by side."""
    return element("div", *inside, class_="buttons")


def fold(summary: str, *inside: Child, key: str = "") -> Node:
    """Something that is shown on demand; with a `key` it stays open when all is drawn anew."""
    return element("details", element("summary", summary), *inside) | ({"key": key} if key else {})


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Child]]) -> Node:
    """A table whose first column heads its rows."""
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        element("tbody", *(row(*cells) for cells in rows)),
    )


def row(first: Child, *cells: Child) -> Node:
    """A row of a table with its header."""
    return element("tr", element("th", first, scope="row"), *(element("td", c) for c in cells))


def svg(text: str) -> Node:
    """A drawing; its own title and description tell what it shows."""
    return {"svg": text}


# ---------------------------------------------------------------------- without widgets


def to_html(nodes: Iterable[Node]) -> str:
    """The tree as HTML without anything to press: a field is what stands in it."""
    return "".join(map(_html, nodes))


def _html(node: Node) -> str:
    if "svg" in node:
        return str(node["svg"])
    if "text" in node:
        return html.escape(node["text"], quote=False)
    if node["tag"] in _CONTROLS:
        written = html.escape(_written(node))
        return f"<code>{written}</code>" if written else ""
    if _hollow(node):
        return ""
    attributes = "".join(f' {k}="{html.escape(v)}"' for k, v in node["attributes"].items())
    inside = "".join(map(_html, node["children"]))
    end = "" if node["tag"] in _VOID else f"</{node['tag']}>"
    return f"<{node['tag']}{attributes}>{inside}{end}"


def to_text(nodes: Iterable[Node]) -> str:
    """The tree as text; what is hidden from screen readers is left out here too."""
    lines = "".join(map(_text, nodes)).splitlines()
    return "\n".join(line.rstrip(" |") for line in lines if line.strip(" |"))


def _text(node: Node) -> str:
    if "svg" in node:
        return ""
    if "text" in node:
        return str(node["text"])
    if node["attributes"].get("aria-hidden") == "true" or _hollow(node):
        return ""
    if node["tag"] in _CONTROLS:
        return f" {_written(node)} "
    inside = "".join(map(_text, node["children"]))
    if node["tag"] in ("td", "th"):
        return f"{inside} | "
    start = "- " if node["tag"] == "li" else ""
    return f"\n{start}{inside}\n" if node["tag"] in _LINES else inside


def _hollow(node: Node) -> bool:
    """Whether it holds nothing but buttons, which nobody can press there."""
    inside = node["children"]
    return bool(inside) and all(each.get("tag") == "button" for each in inside)


def _written(node: Node) -> str:
    """What stands in a field."""
    if node["tag"] == "textarea":
        return "".join(child["text"] for child in node["children"])
    if node["tag"] == "select":
        chosen = [c for c in node["children"] if "selected" in c["attributes"]]
        return "".join(_text(child) for child in chosen)
    if node["attributes"].get("type") == "checkbox":
        return "yes" if "checked" in node["attributes"] else "no"
    return str(node["attributes"].get("value", "")) if node["tag"] == "input" else ""
