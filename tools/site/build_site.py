"""Builds the site: the notebooks with their outputs, and docs/, to read without running anything.

python tools/site/build_site.py            build/site, every internal link checked
python tools/site/build_site.py --open     and open it in the browser
python tools/site/build_site.py --fetch    and ask for every page of other sites (needs a network)
"""

from __future__ import annotations

import shutil
import sys
import webbrowser
from pathlib import Path

import executed
import links
import staging

HERE = Path(__file__).resolve().parent
BUILD = executed.ROOT / "build"
SITE = BUILD / "site"


def main(words: list[str]) -> int:
    """Build, check, and do what the words ask for; 1 where a page or a link is wrong."""
    if unknown := set(words) - {"--open", "--fetch"}:
        print(f"There is no option {', '.join(sorted(unknown))}.\n{__doc__}")
        return 2
    staging.stage(BUILD / "site-source")
    if build(BUILD / "site-source", SITE) != 0:
        print("The site was not built; the warnings above say file and line.")
        return 1
    wrong = links.troubles(SITE)
    if "--fetch" in words:
        wrong += links.silent(links.addresses(SITE))
    print("\n".join(wrong) or f"{len(list(SITE.rglob('*.html')))} pages, links checked: {SITE}")
    if "--open" in words:
        webbrowser.open((SITE / "index.html").as_uri())
    return int(bool(wrong))


def build(source: Path, site: Path) -> int:
    """Sphinx's exit code; a warning, such as a link that leads nowhere, is an error."""
    from sphinx.cmd.build import build_main

    shutil.rmtree(site, ignore_errors=True)
    sys.path.insert(0, str(HERE))  # conf.py names a function of this folder
    options = ["-q", "-E", "-W", "-b", "html", "-c", str(HERE)]
    parts = ["-d", str(site.with_name("site-parts"))]
    return build_main([*options, *parts, str(source), str(site)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
