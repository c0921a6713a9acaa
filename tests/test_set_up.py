"""The two commands of the README in a fresh clone, with the real package index."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from surroundings import POISON, REPOSITORY, STARTED_WITH

pytestmark = [pytest.mark.slow, pytest.mark.network]

# Without uv on PATH, as on most machines: run.py has to fetch the pinned one itself.
NO_UV = os.pathsep.join(
    folder
    for folder in [*os.defpath.split(os.pathsep), "/usr/local/bin"]
    if not Path(folder, "uv").exists()
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is committed, or about to be: all files that git would take, in a new folder."""
    folder = tmp_path_factory.mktemp("fresh") / "ecs lab"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((REPOSITORY / name).read_bytes())
            (folder / name).chmod((REPOSITORY / name).stat().st_mode)
    return folder


def run(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the README as a newcomer would, whose AWS keys are real."""
    home = clone.parent / "home"
    home.mkdir(exist_ok=True)
    aws = {name: value for name, value in POISON.items() if name.startswith("AWS_")}
    clean = {k: v for k, v in STARTED_WITH.items() if not k.startswith(("ECS_LAB", "VIRTUAL_ENV"))}
    return subprocess.run(
        [_base_python(), str(clone / "run.py"), *words],
        env={**clean, **aws, "PATH": NO_UV, "HOME": str(home)},
        cwd=clone.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def _base_python() -> str:
    """The Python that this environment was made from: one without our packages."""
    return str(Path(sys.base_prefix, "bin" if os.name == "posix" else "", "python3"))


def test_first_command_leads_to_a_working_lab(clone: Path) -> None:
    """From nothing but Python: set up, and the doctor finds all well."""
    done = run(clone, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Setting up ecs_lab")
    assert "no request left this machine" in " ".join(done.stdout.split())


def test_second_command_runs_the_tests(clone: Path) -> None:
    """`run.py test` finds the tests and their plugins."""
    done = run(clone, "test", "-q", "tests/test_cli.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Setting up" not in done.stdout


def test_graders_plugin_is_registered(clone: Path) -> None:
    """Pytest in the environment knows the course's grader without being told."""
    done = run(clone, "test", "--trace-config", "--collect-only", "-q", "tests/test_cli.py")
    assert "ecs_lab.grading.plugin" in done.stdout


LAB = """
from ecs_lab import Lab
from ecs_lab.paths import notebooks_dir, quizzes_dir

with Lab() as lab:
    lab.client("ecs").create_cluster(clusterName="binder")
    print(*lab.client("ecs").list_clusters()["clusterArns"])
print(len(list(notebooks_dir().glob("*.ipynb"))), len(list(quizzes_dir().glob("*.yaml"))))
"""


@pytest.mark.skipif(os.name != "posix", reason="Binder builds on Linux")
def test_binder_builds_a_lab(clone: Path, tmp_path: Path) -> None:
    """What repo2docker does after its base image: requirements.txt, postBuild, and then a lab."""
    venv = tmp_path / "kernel"
    outside = {**STARTED_WITH, "PATH": f"{venv / 'bin'}{os.pathsep}{NO_UV}", "HOME": str(tmp_path)}

    def do(*command: str, cwd: Path = clone) -> str:
        done = subprocess.run(
            command, cwd=cwd, env=outside, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    do(_base_python(), "-m", "venv", str(venv))
    pins = (clone / "requirements.lock").read_text("utf-8")
    base = [line.split()[0] for line in pins.splitlines() if line.startswith(IN_BASE)]
    python = str(venv / "bin" / "python")
    install = [sys.executable, "-m", "uv", "pip", "install", "--python", python]
    do(*install, *base)
    do(*install, "-r", "binder/requirements.txt")
    do("binder/postBuild")
    arn, counts = do(python, "-c", LAB, cwd=tmp_path).splitlines()
    assert arn.endswith(":cluster/binder")
    assert [int(count) > 0 for count in counts.split()] == [True, True]
    settings = venv / "etc" / "jupyter" / "labconfig" / "default_setting_overrides.json"
    assert "fetchNews" in settings.read_text("utf-8")


# What repo2docker's image has before the course's own requirements.
IN_BASE = ("jupyterlab==", "ipywidgets==", "ipykernel==", "nbclient==", "nbformat==")
