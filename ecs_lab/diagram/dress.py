"""Graphviz' bare SVG made fit for a page: light and dark theme, words for it, ids of its own.

Graphviz writes colours as attributes. A style sheet inside the SVG, valid for this picture only,
translates each colour of `kinds.toml` into a variable with one value for a light page and one for a
dark page. The attributes stay, so that programs without style sheets show the light colours.
"""

from __future__ import annotations

import hashlib
from functools import cache
from xml.etree import ElementTree as ET

from ecs_lab.diagram.cards import is_new
from ecs_lab.diagram.changes import Changes
from ecs_lab.diagram.graph import Graph
from ecs_lab.diagram.kinds import every_look, inks
from ecs_lab.diagram.text import clean, in_words

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
FONTS = "Arial, 'Liberation Sans', Arimo, Helvetica, sans-serif"
# How pages say which theme they show: JupyterLab and Notebook 7, VS Code, and documentation themes.
LIGHT_PAGES = ("[data-jp-theme-light='true']", ".vscode-light", "[data-theme='light']")
DARK_PAGES = ("[data-jp-theme-light='false']", ".vscode-dark", "[data-theme='dark']")


def dress(raw: bytes | str, graph: Graph, changes: Changes, words: str) -> str:
    """The finished SVG text: `raw` is Graphviz' SVG, `words` the text alternative."""
    root = ET.fromstring(raw)  # noqa: S314 (Graphviz wrote it, from our DOT text)
    name = "ecs-" + hashlib.sha256(f"{graph.title}\n{words}".encode()).hexdigest()[:10]
    _name_parts(root, graph, changes, name)
    children = list(root)
    for child in children:
        root.remove(child)
    root.attrib |= {
        "style": "max-width: 100%; height: auto;",
        "id": name,
        "class": "ecs-picture",
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
    }
    _child(root, "title", clean(graph.title), f"{name}-title")
    _child(root, "desc", words, f"{name}-desc")
    _child(root, "style", style_sheet(name))
    root.extend(children)
    return serialise(root)


def renamed(svg: str, old: str, new: str) -> str:
    """The same SVG under another id, so that one picture can stand twice on a page."""
    return svg.replace(old, new)


def id_of(svg: str) -> str:
    """The id of a finished picture, with which all ids in it begin."""
    return ET.fromstring(svg).get("id", "")  # noqa: S314 (dress wrote it)


def _child(root: ET.Element, tag: str, text: str, name: str = "") -> None:
    child = ET.SubElement(root, f"{{{SVG}}}{tag}", {"id": name} if name else {})
    child.text = text


def _name_parts(root: ET.Element, graph: Graph, changes: Changes, name: str) -> None:
    """Ids that no other picture has; Graphviz' links become groups with a hover text."""
    items = {f"a_n{number}": item for number, item in enumerate(graph)}
    for parent in root.iter():
        for title in [c for c in parent if c.tag == f"{{{SVG}}}title"]:
            parent.remove(title)
        for text in [c for c in parent if c.tag == f"{{{SVG}}}text"]:
            text.attrib.pop("font-family", None)
        anchors = [c for c in parent if c.tag == f"{{{SVG}}}a"]
        item = items.get(parent.get("id", ""))
        if item is not None:
            mark = changes.badge(item)
            state = "new" if is_new(mark) else mark.split(" ")[0]
            parent.set("class", f"ecs-{item.kind} {state}".strip())
            hover = ET.Element(f"{{{SVG}}}title")
            hover.text = f"{in_words(item, mark)}\n{item.note}".strip()
            parent.insert(0, hover)
        for anchor in anchors:
            anchor.tag = f"{{{SVG}}}g"
            anchor.attrib.pop(f"{{{XLINK}}}title", None)
        if "id" in parent.attrib:
            parent.set("id", f"{name}-{parent.get('id')}")


def serialise(root: ET.Element) -> str:
    """The text of an SVG element, with SVG as the default namespace."""
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode") + "\n"


def style_sheet(name: str) -> str:
    """The colours of a picture for light and dark pages; every rule names its id."""
    light, dark, rules = _colours()
    pages = [
        f"#{name} {{{light} font-family: {FONTS};}}",
        f"@media (prefers-color-scheme: dark) {{ #{name} {{{dark}}} }}",
        *(f"{page} #{name} {{{light}}}" for page in LIGHT_PAGES),
        *(f"{page} #{name} {{{dark}}}" for page in DARK_PAGES),
    ]
    painted = [f"#{name} {rule}" for rule in rules]
    unlit = f':not([fill="{inks()["on-accent"].light}"])'
    halo = (
        f"#{name} text{unlit} {{paint-order: stroke; stroke: var(--ecs-paper); stroke-width: 2px;}}"
    )
    return "\n".join([*pages, *painted, halo])


@cache
def _colours() -> tuple[str, str, tuple[str, ...]]:
    """Declarations for a light page and a dark page, and the rules that use them."""
    looks = {look.light: look for look in every_look()}
    light, dark, rules = [], [], []
    for hexadecimal, look in looks.items():
        variable = f"--ecs-{look.name}"
        light.append(f"{variable}: {_themed(look.jupyter, look.light)};")
        dark.append(f"{variable}: {_themed(look.jupyter, look.dark)};")
        rules += [
            f'[{paint}="{hexadecimal}"] {{{paint}: var({variable});}}'
            for paint in ("fill", "stroke")
        ]
    return " ".join(light), " ".join(dark), tuple(rules)


def _themed(variable: str, colour: str) -> str:
    return f"var({variable}, {colour})" if variable else colour
