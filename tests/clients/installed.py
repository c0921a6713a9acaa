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

if TYPE_CHECKING:
    from served import Served

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
