"""Makes requirements.lock from pyproject.toml, or checks that it still fits.

python3 tools/lock.py               write it; pins that still fit are kept
python3 tools/lock.py --upgrade     the newest versions that pyproject.toml allows
python3 tools/lock.py --check       change nothing, and fail where it would change
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
COMPILE = [
    "pip", "compile", "--universal", "--generate-hashes", "--python-version", "3.11",
    "--group", "dev", "--group", "site", "--no-config",
    "--custom-compile-command", "python3 tools/lock.py", "pyproject.toml", "--output-file",
]  # fmt: skip


def main(words: list[str]) -> int:
    """Write the lock, or compare what would be written with what is there."""
    if "--check" not in words:
        return compile_into(LOCK, words)
    with tempfile.TemporaryDirectory() as folder:
        # uv keeps the pins and hashes of the file that it writes to: newer releases change nothing
        fresh = Path(folder) / LOCK.name
        shutil.copy(LOCK, fresh)
        if compile_into(fresh, []) != 0:
            return 1
        return compare(LOCK.read_text("utf-8"), fresh.read_text("utf-8"))


def compile_into(path: Path, words: list[str]) -> int:
    """Run uv; an index of the user's own is not used, and none is written down."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("UV_INDEX", "UV_EXTRA"))}
    command = [*uv(), *COMPILE, str(path), "--quiet", *words]
    return subprocess.run(command, cwd=ROOT, env=kept, check=False).returncode


def uv() -> list[str]:
    """How to call uv: the pinned one of this environment, or the one on PATH."""
    import importlib.util

    return [sys.executable, "-m", "uv"] if importlib.util.find_spec("uv") else ["uv"]


def compare(there: str, fresh: str) -> int:
    """0 when both say the same; otherwise the difference is printed."""
    if there == fresh:
        print("requirements.lock fits pyproject.toml.")
        return 0
    lines = difflib.unified_diff(
        there.splitlines(),
        fresh.splitlines(),
        "requirements.lock",
        "as it should be",
        n=1,
        lineterm="",
    )
    print(*lines, sep="\n")
    print("requirements.lock does not fit pyproject.toml; run: python3 tools/lock.py")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
