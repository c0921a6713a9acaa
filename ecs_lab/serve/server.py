"""A lab on a port of 127.0.0.1: opened, announced, served until Ctrl-C, and kept if wanted."""

from __future__ import annotations

import errno
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from waitress.server import create_server

from ecs_lab.aws.transport import ADMIN_ENVIRONMENT
from ecs_lab.aws.world import World
from ecs_lab.serve import state_file
from ecs_lab.serve.app import App
from ecs_lab.serve.live import LiveWorld

HOST = "127.0.0.1"
THREADS = 8
_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_IN_THE_WAY = ("AWS_PROFILE", "AWS_SESSION_TOKEN")


class ServeError(Exception):
    """A reason not to serve: one sentence, with the next step."""


def serve(
    port: int,
    speed: float,
    save: Path | None,
    load: Path | None,
    announce: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C, or until the process is asked to end; then save, if that is wanted."""
    check_save(save, load)
    world = World() if load is None else state_file.load(load)
    live = LiveWorld(world, speed)
    listener = _listen(App(live), port)
    _end_on_signals()
    try:
        live.start()
        announce(welcome(listener.effective_port, speed, world.region))
        listener.run()  # comes back after Ctrl-C
    finally:
        listener.close()
        live.stop()
    announce("Stopped.")
    if save is not None:
        state_file.save(world, save)
        announce(f"Saved. Go on with: ecs-lab serve --load {save} --save {save}")


def check_save(save: Path | None, load: Path | None) -> None:
    """Refuse to save where something is that this run does not go on with."""
    if save is None:
        return
    if not save.absolute().parent.is_dir():
        raise ServeError(f"{save.absolute().parent} is not there: make that folder first.")
    if not save.exists() or (load is not None and load.exists() and save.samefile(load)):
        return
    if state_file.is_ours(save):
        raise ServeError(
            f"{save} holds another lab: load it as well (--load {save}) to go on with it, or give "
            "--save another name."
        )
    raise ServeError(f"{save} is a file of yours and no lab's: give --save another name.")


def welcome(port: int, speed: float, region: str) -> str:
    """What the terminal shows: the lines to paste, for both kinds of shells."""
    settings = {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **{name: ADMIN_ENVIRONMENT[name] for name in _NAMES},
    }
    lines = [
        f"The lab is at http://{HOST}:{port}, and its time runs {speed:g} times as fast as yours.",
        "",
        "Paste into the terminal where you work (bash, zsh):",
        *(f"  export {name}={value}" for name, value in settings.items()),
        f"  unset {' '.join(_IN_THE_WAY)}",
        "",
        "PowerShell:",
        *(f'  $Env:{name} = "{value}"' for name, value in settings.items()),
        f"  Remove-Item -ErrorAction Ignore {', '.join(f'Env:{name}' for name in _IN_THE_WAY)}",
        "",
        "Then, for example: aws ecs create-cluster --cluster-name shop",
        "",
        f"A browser or curl reaches a load balancer of the lab at http://NAME.localhost:{port}/",
        f"or by its DNS name: curl -H 'Host: DNS-NAME' http://{HOST}:{port}/",
        "Ctrl-C stops.",
    ]
    return "\n".join(lines)


def _listen(app: App, port: int) -> Any:
    # Requests wait for their turn at the lab; waitress would warn of that, again and again.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return create_server(app, host=HOST, port=port, threads=THREADS, ident=None)
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        raise ServeError(
            f"Port {port} cannot be used ({os.strerror(error.errno).lower()}): choose another, or "
            "--port 0 for a free one."
        ) from error


def _end_on_signals() -> None:
    """The end of the terminal, or of the machine, ends the lab as Ctrl-C does."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
