"""The tests in a real browser: sees to it that Chromium and Playwright are there, then runs them.

Nothing is left out in silence: what cannot be installed is said with the next step, and is a
failure where this part was asked for by name (tools/checks.py). A test that fails is tried once
more, because JupyterLab on two busy cores sometimes keeps a test waiting too long; the summary
counts such reruns.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("playwright", "axe_playwright_python", "pytest_rerunfailures")
NOT_HERE = 77
SCREENSHOTS = ROOT / "build" / "screenshots"


class MissingError(Exception):
    """Something that the tests need is not here; one sentence with the next step."""


def main(words: list[str]) -> int:
    """Install what is missing, run the tests marked `browser`; screenshots in build/screenshots."""
    try:
        _chromium()
        _playwright()
    except MissingError as error:
        print(f"tools/browser.py: {error}")
        return NOT_HERE
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    asked = {"ECS_LAB_PICTURES": str(SCREENSHOTS), "ECS_LAB_BROWSER": "required"}
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", "--reruns=1", "-m", "browser"]
    done = subprocess.call(
        [*command, *(words or ["tests/browser"])], cwd=ROOT, env={**os.environ, **asked}
    )
    print(f"Screenshots: {len(list(SCREENSHOTS.glob('*.png')))} in {SCREENSHOTS.relative_to(ROOT)}")
    return done


def _chromium() -> None:
    if any(map(shutil.which, NAMES)):
        return
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise MissingError("there is no Chromium here: install the package chromium and run again.")
    for command in (["apt-get", "-q", "update"], ["apt-get", "-qy", "install", "chromium"]):
        subprocess.call(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if not any(map(shutil.which, NAMES)):
        raise MissingError("apt-get could not install chromium: read what it said above.")


def _playwright() -> None:
    if all(map(importlib.util.find_spec, PACKAGES)):
        return
    command = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable]
    if subprocess.call([*command, "--group", "browser"], cwd=ROOT) != 0:
        raise MissingError("the group browser could not be installed: read what uv said above.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
