"""Fixtures: a served lab, and the clients that people use, set up for it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from installed import NODE_CLIENTS, Command, cache, install, lacking, python_client, synthesised
from served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
