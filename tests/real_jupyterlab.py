"""A JupyterLab and a headless Chromium, for the tests that look at what a learner sees.

conftest.py takes the fixtures from here, so that all modules share one of each.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from surroundings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
IDLE = (
    "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
    " === 'idle'"
)


TELL_PID = "import os, pathlib; _ = pathlib.Path('kernel.pid').write_text(str(os.getpid()))"
"""A cell that lets `frozen` find its kernel."""


@contextmanager
def frozen(served: tuple[str, Path]) -> Iterator[None]:
    """Within the block the kernel that ran `TELL_PID` does nothing at all.

    A cell that is busy would not do: JupyterLab lets widgets talk to the kernel beside it.
    """
    kernel = int((served[1] / "kernel.pid").read_text("utf-8"))
    os.kill(kernel, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(kernel, signal.SIGCONT)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    if os.environ.get("ECS_LAB_BROWSER") == "required" and CHROMIUM is None:
        pytest.fail("there is no Chromium here: install the package chromium and run again")
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is missing: see CONTRIBUTING.md, browser tests"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install chromium to run the browser tests")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, Path]]:
    """A JupyterLab server that keeps all in `home`: its address, and the folder that it shows."""
    folder = home / "course"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(home / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    settings = "labconfig/default_setting_overrides.json"
    (home / "jupyter_config_dir/labconfig").mkdir(parents=True)
    shutil.copy(
        REPOSITORY / "ecs_lab/study/jupyter" / settings, home / "jupyter_config_dir" / settings
    )
    environment = {**os.environ, **own, "PYTHONPATH": str(REPOSITORY), "IPYTHONDIR": str(home)}
    server = subprocess.Popen(
        [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
            f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=", "--LabApp.news_url=None",
            "--LabApp.expose_app_in_browser=True", "--ServerApp.allow_root=True",
        ],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/status", server)
        yield address, folder
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab server: its address, and the folder that it shows."""
    with serving(tmp_path_factory.mktemp("jupyter")) as served:
        yield served


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(120):
        assert server.poll() is None, "JupyterLab ended before it was ready"
        try:
            direct.open(address, timeout=2).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail("JupyterLab was not ready within a minute")


def _notebook(cells: tuple[str, ...]) -> dict[str, Any]:
    code: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    return {
        "cells": [{**code, "id": f"cell-{i}", "source": source} for i, source in enumerate(cells)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def run_all(
    page: Any, served: tuple[str, Path], name: str, cells: tuple[str, ...], theme: str = ""
) -> None:
    """Open a notebook of these cells in a page, and run them all."""
    address, folder = served
    own = folder.parent / name.removesuffix(".ipynb")  # nobody's answers but this notebook's
    first = f"import os\nos.environ['ECS_LAB_DATA'] = {str(own)!r}"
    (folder / name).write_text(json.dumps(_notebook((first, *cells))), "utf-8")
    page.goto(f"{address}/lab/tree/{name}?reset")
    page.wait_for_function(IDLE, timeout=90_000)
    execute = "([id, args]) => window.jupyterapp.commands.execute(id, args)"
    if theme:
        page.evaluate(execute, ["apputils:change-theme", {"theme": theme}])
    page.evaluate(execute, ["notebook:run-all-cells", {}])


@pytest.fixture
def run_cells(
    chromium: Any, jupyterlab: tuple[str, Path], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Any]]:
    """Opens a notebook of the given cells, runs them all, and gives the page."""
    address, folder = jupyterlab
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    page = context.new_page()

    def run(*cells: str, theme: str = "JupyterLab Light") -> Any:
        name = f"{request.node.name}.ipynb".replace("[", "-").replace("]", "")
        run_all(page, (address, folder), name, cells, theme)
        return page

    yield run
    end_kernels(page)
    context.close()


def end_kernels(page: Any) -> None:
    """End the kernels that a page's JupyterLab runs: dozens of them would fill the memory."""
    page.evaluate("async () => { await window.jupyterapp?.serviceManager.sessions.shutdownAll(); }")
