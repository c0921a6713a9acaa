"""Makes binder/requirements.txt: what the course needs in a kernel, with the pins of the lock.

repo2docker's base image already has JupyterLab and ipywidgets, so these and the tools stay out.

    python tools/binder.py            write it
    python tools/binder.py --check    fail where it does not fit requirements.lock
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
TARGET = ROOT / "binder" / "requirements.txt"
OWN = "ecs-lab (pyproject.toml)"
IN_BASE = {"jupyterlab", "ipywidgets", "ipykernel", "nbclient", "nbformat"}
HEAD = "# Made by tools/binder.py from requirements.lock; postBuild installs ecs_lab itself.\n"


def main(words: list[str]) -> int:
    """Write the file, or compare it."""
    text = HEAD + "".join(f"{pin}\n" for pin in pins(LOCK.read_text("utf-8")))
    if "--check" not in words:
        TARGET.write_text(text, "utf-8")
        return 0
    if TARGET.read_text("utf-8") == text:
        print("binder/requirements.txt fits requirements.lock.")
        return 0
    print("binder/requirements.txt does not fit requirements.lock; run: python tools/binder.py")
    return 1


def pins(lock: str) -> list[str]:
    """The pins that the course hangs on by some way that does not lead through the base image."""
    entries = [entry for entry in re.split(r"\n(?=\w)", lock) if re.match(r"\w", entry)]
    parents = {_pin(entry): _via(entry) for entry in entries}
    names = {OWN}
    while new := {_name(pin) for pin, via in parents.items() if via & names} - IN_BASE - names:
        names |= new
    return sorted(pin for pin in parents if _name(pin) in names)


def _pin(entry: str) -> str:
    """`click==8.1 ; sys_platform == 'win32'`, without the hashes."""
    return entry.split("\n", maxsplit=1)[0].removesuffix("\\").strip()


def _name(pin: str) -> str:
    return pin.split("==", maxsplit=1)[0]


def _via(entry: str) -> set[str]:
    """What the lock says asked for a pin."""
    comments = re.findall(r"^ +# +(?:via\b)? *(.*)$", entry, re.MULTILINE)
    return {comment for comment in comments if comment}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
