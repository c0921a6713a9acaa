"""Checks all types: the package and tests together, then the checks of each exercise by themselves.

The exercises' modules share their names, and their folders are no Python names: mypy takes such
files one at a time only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mypy import api

ROOT = Path(__file__).resolve().parent.parent
CHECKS = sorted((ROOT / "ecs_lab" / "exercises" / "catalog").glob("*/checks.py"))
CLIENTS = [
    *("tests/clients/conftest.py", "tests/clients/installed.py"),
    *("tests/served.py", "tests/surroundings.py"),
]


def main() -> int:
    """0 when all types fit."""
    runs = [[], CLIENTS, *([str(path)] for path in CHECKS)]
    return max(check(words) for words in runs)


def check(words: list[str]) -> int:
    """One run of mypy; what it finds is printed."""
    found, faults, code = api.run(words)
    if code or not words:
        print(found + faults, end="")
    return code


if __name__ == "__main__":
    sys.exit(main())
