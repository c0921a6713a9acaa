"""What may be in the repository: pins that fit, no address of an index, no path of a machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from surroundings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

LOCK = REPOSITORY / "requirements.lock"
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
# Taken apart, so that this file does not find itself.
MACHINE_PATHS = ["/" + "work/", "/" + "tmp/w", "/" + "root/", "/" + "home/runner"]
INDEX_HOSTS = [
    "pypi" + ".org/simple",
    "files.python" + "hosted",
    "registry." + "npmjs",
    "deb." + "debian",
]


def tracked() -> list[Path]:
    """The files in git that are text, and those about to be added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    paths = [REPOSITORY / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


def pins() -> dict[str, list[str]]:
    """The lock: a package's name -> its pinned versions (some differ by Python version)."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)==([^\s;]+)", LOCK.read_text("utf-8"), re.MULTILINE
    ):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


REQUIREMENTS = [
    Requirement(text)
    for text in [
        *PYPROJECT["project"]["dependencies"],
        *PYPROJECT["dependency-groups"]["dev"],
        *PYPROJECT["dependency-groups"]["site"],
    ]
]


@pytest.mark.parametrize("need", REQUIREMENTS, ids=lambda need: need.name)
def test_lock_has_a_pin_in_the_range_of_each_requirement(need: Requirement) -> None:
    """requirements.lock fits pyproject.toml; `tools/lock.py --check` looks at the rest, online."""
    versions = pins().get(canonicalize_name(need.name), [])
    assert versions, f"{need.name} is not in requirements.lock; run: python3 tools/lock.py"
    assert all(need.specifier.contains(Version(version)) for version in versions)


def test_lock_has_no_direct_pin_that_nobody_requires() -> None:
    """A requirement that was removed leaves the lock as well."""
    wanted = {canonicalize_name(need.name) for need in REQUIREMENTS}
    entries = re.split(r"\n(?=\w)", LOCK.read_text("utf-8"))
    direct = {entry.split("==")[0] for entry in entries if "ecs-lab (pyproject.toml" in entry}
    assert direct == wanted


def test_lock_has_hashes_for_all() -> None:
    """Every pin can be checked when it is installed."""
    entries = [e for e in re.split(r"\n(?=\w)", LOCK.read_text("utf-8")) if re.match(r"\w", e)]
    assert len(entries) > 100
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_lock_names_no_index() -> None:
    """Each machine takes the packages from where it is told to; uv.lock would name an index."""
    assert not re.search(r"://|--(index|extra|find)", LOCK.read_text("utf-8"))
    assert "uv.lock" not in {path.name for path in tracked()}


def test_no_file_names_a_path_of_a_machine_or_an_index() -> None:
    """What is committed holds on every machine."""
    found = [
        f"{path.relative_to(REPOSITORY)}: {needle}"
        for path in tracked()
        for needle in MACHINE_PATHS + INDEX_HOSTS
        if needle in path.read_text("utf-8", errors="replace")
    ]
    assert found == []


def test_binder_pins_are_the_locks() -> None:
    """The course on Binder runs with the versions that were tested."""
    command = [sys.executable, str(REPOSITORY / "tools" / "binder.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("text", ["README.md", "CONTRIBUTING.md"])
def test_links_of_the_texts_lead_somewhere(text: str) -> None:
    """What README and CONTRIBUTING point to is in the repository."""
    links = re.findall(r"\]\(([^)#:]+)\)", (REPOSITORY / text).read_text("utf-8"))
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def test_example_of_the_readme_runs() -> None:
    """The script that the README shows does what it says, on a machine with AWS settings."""
    code = re.findall(
        r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text("utf-8"), re.DOTALL
    )
    assert len(code) == 1
    subprocess.run([sys.executable, "-c", code[0]], check=True)


def test_moto_is_held_to_one_minor_version() -> None:
    """The binding leans on moto's inside, which may change with any minor version."""
    (moto,) = [need for need in REQUIREMENTS if need.name == "moto"]
    assert str(moto.specifier) == "<5.3,>=5.2.5"


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "docs" / "adr").glob("*.md")), ids=lambda p: p.stem
)
def test_decision_is_short(path: Path) -> None:
    """A decision is at most 45 lines."""
    assert len(path.read_text("utf-8").splitlines()) <= 45
