"""The clients that people use, each installed from its registry into a folder that is kept.

The first run downloads some 60 MB; CLIENTS_CACHE names another folder than the user's cache.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import surroundings
from served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
PYTHON_CLIENTS = {"awscli": "awscli>=1.40,<2", "ecs-deploy": "ecs-deploy>=1.15,<2"}
NODE_CLIENTS = ["aws-cdk-lib@^2.200", "constructs@^10"]
PATIENCE_S = 300


class Command:
    """A command line client that is set up for one lab."""

    def __init__(self, path: Path, served: Served, folder: Path) -> None:
        self._path = path
        self._environment = served.environment(HOME=str(folder), AWS_PAGER="")

    def run(self, *words: str, code: int = 0) -> str:
        """Run it; its output. The test fails where its exit code is another than `code`."""
        done = subprocess.run(
            [str(self._path), *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == code, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def cache() -> Path:
    """Where installed clients are kept."""
    if chosen := os.environ.get("CLIENTS_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("ecs_lab", appauthor=False) / "test-clients"


def lacking(what: str) -> None:
    """Say what is missing: CI fails, a contributor's machine leaves the test out and says so."""
    sentence = f"{what} is missing: install it to run this test (CI runs it always)."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def install(command: list[str], what: str) -> None:
    """Run an installer with the settings that the tests were started with."""
    done = subprocess.run(
        command,
        env={k: v for k, v in surroundings.STARTED_WITH.items() if not k.startswith("AWS_")},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, f"{what} could not be installed:\n{done.stdout}{done.stderr}"


def python_client(name: str, script: str) -> Path:
    """The path of a client's script, in a venv of its own: it pins what it needs exactly."""
    folder = cache() / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    path = folder / ("Scripts" if os.name == "nt" else "bin") / script
    done = folder / "installed"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        install([sys.executable, "-m", "venv", str(folder)], name)
        python = path.parent / "python"
        wanted = PYTHON_CLIENTS[name]
        install([str(python), "-m", "pip", "install", "--quiet", wanted], name)
        done.touch()
    return path


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A lab for the tests of one module; 600 times as fast as the wall clock."""
    with serving() as running:
        yield running


@pytest.fixture
def aws(served: Served, tmp_path: Path) -> Command:
    """The AWS CLI."""
    return Command(python_client("awscli", "aws"), served, tmp_path)


@pytest.fixture
def ecs_deploy(served: Served, tmp_path: Path) -> Command:
    """The `ecs` command of ecs-deploy."""
    return Command(python_client("ecs-deploy", "ecs"), served, tmp_path)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What aws-cdk-lib makes of the two load balanced patterns: kind -> template."""
    for command in ("node", "npm"):
        if shutil.which(command) is None:
            lacking(f"{command} (Node.js)")
    folder = cache() / "cdk"
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"private": true}', "utf-8")
        words = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
        install([shutil.which("npm") or "npm", *words, *NODE_CLIENTS], "aws-cdk-lib")
        (folder / "installed").touch()
    return {kind: synthesised(folder, kind, tmp_path_factory) for kind in ("Fargate", "Ec2")}


def synthesised(folder: Path, kind: str, factory: pytest.TempPathFactory) -> str:
    """One template, by Node.js."""
    output = factory.mktemp("cdk") / f"{kind}.json"
    script = str(HERE / "cdk" / "synthesise.js")
    image = "public.ecr.aws/nginx/nginx:1.27"
    subprocess.run(
        ["node", script, kind, image, "2", str(output)],
        env={**os.environ, "NODE_PATH": str(folder / "node_modules")},
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    return output.read_text("utf-8")
