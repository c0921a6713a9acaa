"""Checks all types: the package and tests together, then the clients' tests, then the checks of all
exercises.

The exercises' modules share their names, and their folders are no Python names: mypy gets copies
of them with names of their own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from mypy import api

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "ecs_lab" / "exercises" / "catalog"
CLIENTS = [
    *("tests/clients/conftest.py", "tests/clients/installed.py"),
    *("tests/served.py", "tests/surroundings.py"),
]


def main() -> int:
    """0 when all types fit."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        return max(check({}), check(dict.fromkeys(CLIENTS, "")), check(_named(Path(folder))))


def check(files: dict[str, str]) -> int:
    """One run of mypy, over all that pyproject.toml names or over these files; what it finds is
    printed, under the other name of a file where it has one.
    """
    found, faults, code = api.run(list(files))
    for file, name in files.items():
        found = found.replace(file, name or file)
    if code or not files:
        print(found + faults, end="")
    return code


def _named(folder: Path) -> dict[str, str]:
    """Copies of the exercises' modules of checks with names of their own, and what they are of."""
    found = {}
    for path in sorted(CATALOG.glob("*/checks.py")):
        copy = folder / f"checks_of_{path.parent.name.replace('-', '_')}.py"
        copy.write_text(path.read_text("utf-8"), "utf-8")
        found[str(copy)] = str(path.relative_to(ROOT))
    return found


if __name__ == "__main__":
    sys.exit(main())
