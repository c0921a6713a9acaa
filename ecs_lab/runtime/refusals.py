"""What an app in a container may not do to the machine that the lab runs on.

Python tells an audit hook before it opens a file, starts a process or makes a socket; while an app
runs, the hook refuses. Source: https://docs.python.org/3/library/audit_events.html
"""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

from ecs_lab.runtime.budget import LIBRARIES
from ecs_lab.runtime.confinement import current_confinement

PROCESSES = "start or signal processes of your machine"
SOCKETS = "open sockets of your machine: use container.get or urllib.request.urlopen"
FILES = "reach your machine's files: open() reads and writes the container's own"
THREADS = "start threads: the lab has none"
INTERPRETER = "change the Python that the lab runs in"

REFUSED = {
    "os.system": PROCESSES,
    "os.exec": PROCESSES,
    "os.fork": PROCESSES,
    "os.forkpty": PROCESSES,
    "os.posix_spawn": PROCESSES,
    "os.spawn": PROCESSES,
    "os.startfile": PROCESSES,
    "os.kill": PROCESSES,
    "os.killpg": PROCESSES,
    "pty.spawn": PROCESSES,
    "signal.pthread_kill": PROCESSES,
    "subprocess.Popen": PROCESSES,
    "webbrowser.open": PROCESSES,
    "_thread.start_new_thread": THREADS,
    "_thread.start_joinable_thread": THREADS,
    "ctypes.dlopen": INTERPRETER,
    "os.putenv": INTERPRETER,
    "os.unsetenv": INTERPRETER,
    "sys.addaudithook": INTERPRETER,
    "socket.__new__": SOCKETS,
    "socket.getaddrinfo": SOCKETS,
    "socket.gethostbyname": SOCKETS,
    **dict.fromkeys(
        (
            "os.chdir", "os.chflags", "os.chmod", "os.chown", "os.link", "os.listdir", "os.lockf",
            "os.mkdir", "os.remove", "os.removexattr", "os.rename", "os.rmdir", "os.scandir",
            "os.setxattr", "os.symlink", "os.truncate", "os.utime", "shutil.rmtree",
            "sqlite3.connect", "tempfile.mkdtemp", "tempfile.mkstemp",
        ),
        FILES,
    ),
}  # fmt: skip
"""Audit events that are refused, and what a container cannot do."""

IMPORTS = "<frozen importlib._bootstrap_external>"
"""The part of Python that looks for modules and reads them."""


def _hear(event: str, arguments: tuple[Any, ...], confined: Any = current_confinement) -> None:
    # Bound early: at its very end Python still tells the hook, when its modules are gone.
    if confined() is None:
        return
    what = FILES if event == "open" else REFUSED.get(event)
    if what is not None and not (what is FILES and _may_read(event, *arguments)):
        raise PermissionError(errno.EPERM, f"a container of the lab cannot {what}")


def _may_read(event: str, path: Any = None, mode: Any = None, flags: Any = 0, *_: Any) -> bool:
    """Whether Python reads what belongs to a module, or an app what belongs to a library."""
    reads = event in ("os.listdir", "os.scandir") or (
        event == "open" and not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    )
    if not reads:
        return False
    name = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
    return name.startswith(LIBRARIES) or _caller() == IMPORTS


def _caller() -> str:
    """The file of the code that did what Python asks about: three calls up."""
    return sys._getframe(3).f_code.co_filename  # noqa: SLF001 - the only way to a caller's frame


sys.addaudithook(_hear)
