"""All that CI checks, part by part: each is named and timed, and all run even where one fails.

python3 run.py test --all              everything
python3 run.py test --all lint types   these parts only
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PYTEST = [PYTHON, "-m", "pytest", "-q", "--durations=5"]

OTHERS = ("notebook", "clients", "course", "site")
"""Marks of tests that are parts of their own."""

# pre-commit runs some of these as well, by the same names (.pre-commit-config.yaml).
PARTS: dict[str, list[str]] = {
    "lock": [PYTHON, "tools/lock.py", "--check"],
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "types": [PYTHON, "tools/types_of_all.py"],
    "prose": [PYTHON, "tools/prose/check_prose.py"],
    "course": [*PYTEST, "-m", "course", "-n", "2", "tests/test_course.py"],
    "fidelity": [PYTHON, "tools/fidelity.py", "--check"],
    "coverage": [PYTHON, "tools/coverage.py", "--check"],
    "notebooks": [*PYTEST, "-m", "notebook", "-n", "2"],
    "site": [*PYTEST, "-m", "site", "tests/test_site.py"],  # of the notebooks that have just run
    "tests": [*PYTEST, "-m", f"not slow and not {' and not '.join(OTHERS)}", "-n", "2"],
    "clients": [*PYTEST, "-m", "clients", "tests/clients"],
    "browser": [PYTHON, "tools/browser.py"],
    "set-up": [*PYTEST, "-m", "slow and not browser"],
}
NOT_HERE = 77
"""A part's exit code where the machine lacks something that it needs: no failure, and said so."""


def main(words: list[str]) -> int:
    """Run the parts that were named, or all; say at the end how each went."""
    if unknown := set(words) - set(PARTS):
        print(f"There is no part {', '.join(sorted(unknown))}; the parts: {', '.join(PARTS)}.")
        return 2
    results = [run(name) for name in PARTS if name in (words or PARTS)]
    fine = {0: "ok"} if words else {0: "ok", NOT_HERE: "NOT RUN"}
    print("\n== summary", flush=True)
    for name, code, seconds in results:
        print(f"{name:10} {fine.get(code, f'FAILED ({code})'):12} {seconds:6.1f} s")
    return int(any(code not in fine for _, code, _ in results))


def run(name: str) -> tuple[str, int, float]:
    """One part: its name, exit code and seconds."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    code = subprocess.call(PARTS[name], cwd=ROOT, stdin=subprocess.DEVNULL, env=environment())
    return name, code, time.monotonic() - started


def environment() -> dict[str, str]:
    """The caller's environment, with this environment's commands first on PATH."""
    path = os.pathsep.join([str(Path(PYTHON).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
