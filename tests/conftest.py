"""What every test runs under: no network, poisoned AWS credentials, nobody's own folders."""

from __future__ import annotations

import shutil
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest
import surroundings
from real_jupyterlab import chromium, jupyterlab, run_cells
from surroundings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from town import Town

    from ecs_lab import Lab

# At import, before any test module is: boto3 and moto read the environment when they are loaded,
# and child processes inherit it.
surroundings.poison()

__all__ = ["REPOSITORY", "chromium", "jupyterlab", "run_cells"]  # tests take them from here

LOOPBACK = ("127.", "::1", "localhost")


class NetworkUsedError(AssertionError):
    """A test tried to reach something outside this machine."""


def _guarded(real: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: socket.socket, address: Any, *rest: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _refuse_outside(address[0])
        return real(self, address, *rest)

    return call


def _refuse_outside(host: object) -> None:
    if isinstance(host, str) and host and not host.startswith(LOOPBACK):
        raise NetworkUsedError(f"a test tried to reach {host!r}")


def _no_lookup(host: object, *rest: Any, **named: Any) -> Any:
    _refuse_outside(host.decode() if isinstance(host, bytes) else host)
    return _REAL_LOOKUP(host, *rest, **named)  # type: ignore[arg-type] # passed on as it came


_REAL_LOOKUP = socket.getaddrinfo


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """No test reaches anything but this machine's loopback addresses."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _no_lookup)
        yield


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has its own data folder and working copy, so that no learner's are touched."""
    monkeypatch.setenv("ECS_LAB_DATA", str(tmp_path / "ecs-lab-data"))
    monkeypatch.setenv("ECS_LAB_CACHE", str(tmp_path / "ecs-lab-cache"))
    monkeypatch.setenv("ECS_LAB_FOLDER", str(tmp_path / "ecs-lab-course"))


@pytest.fixture
def town() -> Town:
    """The engine alone, with a cluster `shop`."""
    from town import Town

    return Town()


@pytest.fixture(autouse=True)
def no_lab_is_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test closes the labs it opens: one left open would answer the next test's plain clients."""
    module = sys.modules.get("ecs_lab.lab")
    before = module.open_labs() if module else []
    yield
    module = sys.modules.get("ecs_lab.lab")
    left = [each for each in module.open_labs() if each not in before] if module else []
    for each in left:
        each.close()
    assert left == [], f"{request.node.nodeid} leaves a lab open"


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A fresh lab, closed after the test."""
    from ecs_lab import Lab

    with Lab() as fresh:
        yield fresh


def pytest_sessionfinish() -> None:
    """Remove the poisoned home again."""
    shutil.rmtree(surroundings.HOME, ignore_errors=True)
