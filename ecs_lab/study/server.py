"""JupyterLab on the working copy: on loopback, with a token, without the user's AWS settings."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecs_lab.paths import data_dir
from ecs_lab.study.workingcopy import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

HOST = "127.0.0.1"
USUAL_PORT = 8888
TRIES = 50


class ServerError(Exception):
    """JupyterLab cannot start: one sentence, with the next step."""


def find_port(wanted: int | None) -> int:
    """The wanted port, or the first free one from 8888 on."""
    if wanted is not None:
        if not _is_free(wanted):
            raise ServerError(
                f"Port {wanted} cannot be used (in use, or reserved); "
                "name another with --port, or leave --port out."
            )
        return wanted
    for port in range(USUAL_PORT, USUAL_PORT + TRIES):
        if _is_free(port):
            return port
    raise ServerError(
        f"No port from {USUAL_PORT} to {USUAL_PORT + TRIES - 1} is free; name one with --port."
    )


def prepare() -> None:
    """Make the folder for JupyterLab's own settings, so that the user's stay as they are."""
    try:
        _settings_dir().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(
            f"Cannot write to {data_dir()} ({error.strerror}); "
            "name a folder of your own in the variable ECS_LAB_DATA."
        ) from error


def serve(folder: Path, port: int, *, browser: bool, announce: Callable[[str], object]) -> None:
    """Run JupyterLab until Ctrl-C; the address is announced once it answers."""
    clean(os.environ)
    os.environ["JUPYTER_CONFIG_DIR"] = str(_settings_dir())
    os.environ["JUPYTER_CONFIG_PATH"] = str(Path(__file__).parent / "jupyter")
    os.environ["JUPYTER_PREFER_ENV_PATH"] = (
        "1"  # this environment's kernel, not another of the user
    )
    from jupyterlab.labapp import LabApp

    token = secrets.token_hex(24)
    page = f"lab/tree/{FIRST}" if (folder / FIRST).exists() else "lab"
    server = LabApp.initialize_server(options(folder, port, token, f"/{page}", browser=browser))
    address = f"http://{HOST}:{port}/{page}?token={token}"
    _stop_on_ctrl_c(server)
    server.io_loop.add_callback(announce, f"Address   {address}\nCtrl-C stops.")
    server.start()


def _stop_on_ctrl_c(server: Any) -> None:
    """Ctrl-C ends kernels and server without Jupyter's question; a second one ends at once."""

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        server.stop(from_signal=True)

    signal.signal(signal.SIGINT, stop)


def options(folder: Path, port: int, token: str, page: str, *, browser: bool) -> list[str]:
    """JupyterLab's command line."""
    return [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.default_url={page}",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",  # the other one asks a package index for news
        "--ServerApp.allow_root=True",  # in a container; it listens on loopback, with a token
        "--KernelManager.transport_encryption=auto",  # else each kernel warns in the terminal
        "--LanguageServerManager.autodetect=False",  # looks for language servers with npm
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
    ]


def clean(environment: MutableMapping[str, str]) -> None:
    """Take the user's AWS settings out of what kernels and terminals inherit.

    The lab lets no request out anyway (ecs_lab/aws); this is the second lock on the same door.
    """
    for name in [name for name in environment if name.startswith("AWS_")]:
        del environment[name]
    environment["AWS_CONFIG_FILE"] = os.devnull
    environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    environment["AWS_EC2_METADATA_DISABLED"] = "true"


def _settings_dir() -> Path:
    return data_dir() / "jupyter"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":  # as the server does, so that a port just left counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
