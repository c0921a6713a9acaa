"""The links of a built site: every internal one leads to a page and its anchor, and nothing that a
page needs comes from elsewhere.

Links to other sites are looked at for their form only, and never fetched, unless that is asked for.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

NEEDED = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("use", "href"),
          ("source", "src"), ("object", "data")}  # fmt: skip
"""Tags and attributes that a browser loads by itself, for a reader who may have no network."""
NOT_LOADED = {"canonical", "next", "prev", "search", "index", "author"}
"""Kinds of `link` that only say something."""
SECONDS_A_PAGE = 20
ELSEWHERE = ("http", "https")
WITHOUT_PLACE = ("mailto", "data", "javascript")
_LOADED_BY_CSS = re.compile(r"""(?:url\(|@import)\s*['"]?((?:https?:)?//[^'")\s]+)""")


@dataclass
class Page(HTMLParser):
    """What a page links to, what a browser loads for it, and its anchors."""

    links: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the links and anchors of one tag."""
        values = {name: value or "" for name, value in attrs}
        if anchor := values.get("id"):
            (self.twice if anchor in self.anchors else self.anchors).add(anchor)
        for name, value in values.items():
            if (tag, name) in NEEDED and values.get("rel") not in NOT_LOADED:
                self.needs.append(value)
            elif name == "href":
                self.links.append(value)


def troubles(site: Path) -> list[str]:
    """Every link that leads nowhere, as "page: link: what is wrong"."""
    found = []
    for path in sorted(site.rglob("*.html")):
        page, name = _page(path), path.relative_to(site).as_posix()
        for link in page.links + page.needs:
            found += [f"{name}: {link}: {why}" for why in _wrong(link, path, site)]
        found += [f"{name}: #{anchor}: two places have this anchor" for anchor in page.twice]
        found += [f"{name}: {link}: it is loaded from elsewhere"
                  for link in page.needs if urlsplit(link).netloc]  # fmt: skip
    for path in sorted(site.rglob("*.css")):
        for link in _LOADED_BY_CSS.findall(path.read_text("utf-8")):
            found.append(f"{path.relative_to(site)}: {link}: it is loaded from elsewhere")
    return found


def addresses(site: Path) -> list[str]:
    """The links of all pages that lead to other sites, each once, without their anchors."""
    links = {link for path in site.rglob("*.html") for link in _page(path).links}
    return sorted({link.partition("#")[0] for link in links if urlsplit(link).scheme in ELSEWHERE})


def silent(asked: list[str]) -> list[str]:
    """Those of the addresses that do not answer; this is the only part that needs a network."""
    answers = {address: _ask(address) for address in asked}
    return [f"{address}: {why}" for address, why in answers.items() if why]


def _ask(address: str) -> str:
    """What is wrong with a page of another site; empty where it answers."""
    request = urllib.request.Request(address, method="HEAD", headers={"User-Agent": "ecs_lab"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_A_PAGE):
            return ""
    except (urllib.error.URLError, TimeoutError) as error:
        return f"it does not answer ({error})"


def _wrong(link: str, path: Path, site: Path) -> Iterator[str]:
    parts = urlsplit(link)
    if parts.scheme in ELSEWHERE:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?", parts.netloc.lower()):
            yield "this is no address of a site"
        elif re.search(r"[\s<>{}|\\^`]", link):
            yield "there is a sign in it that no address has"
    elif parts.scheme or parts.netloc:
        if parts.scheme not in WITHOUT_PLACE:
            yield "this is no address that a reader can open"
    else:
        yield from _wrong_inside(unquote(parts.path), unquote(parts.fragment), path, site)


def _wrong_inside(name: str, anchor: str, path: Path, site: Path) -> Iterator[str]:
    there = (path.parent / name).resolve() if name else path
    if not there.is_relative_to(site.resolve()):
        yield "it leads out of the site"
    elif not there.is_file():
        yield "there is no such page"
    elif anchor and there.suffix == ".html" and anchor not in _page(there).anchors:
        yield "the page has no such anchor"


@cache
def _page(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page
