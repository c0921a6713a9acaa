"""What the ordinary names of Python's library are inside a container.

Loaded for its effect: it hands them to `confinement`.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.message import Message
from functools import partial
from http.client import responses
from typing import Any
from urllib.response import addinfourl

from ecs_lab.runtime.budget import LIBRARIES
from ecs_lab.runtime.confinement import current, released, swap
from ecs_lab.runtime.inside import Inside, UnreachableError


class Output(io.TextIOBase):
    """The standard output (or error) of a container: whole lines go to its log driver."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._begun = ""
        self._real = sys.__stderr__ or sys.stdout

    encoding = "utf-8"

    def writable(self) -> bool:
        """True, as for any output."""
        return True

    def write(self, text: str, /) -> int:
        """Keep what is no whole line yet; another thread's text goes where it would."""
        if current() is None:
            return self._real.write(text)
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._inside.print(line)
        return len(text)

    def flush(self) -> None:
        """Let a line go that has no end yet."""
        if self._begun:
            begun, self._begun = self._begun, ""
            self._inside.print(begun)


def _refused(what: str, inside: Inside) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(errno.EPERM, f"a container of the lab cannot {what}")

    return refuse


def _open(inside: Inside) -> Callable[..., Any]:
    def open_inside(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        if is_library(file):
            return _REAL_OPEN(file, mode, buffering, encoding, errors, newline, closefd, opener)
        return inside.files.open(file, mode, encoding or "utf-8", errors or "strict", newline)

    return open_inside


_REAL_OPEN = builtins.open


def is_library(path: Any) -> bool:
    """Whether a path is one of Python's own or of an installed package, which apps may read."""
    return isinstance(path, (str, os.PathLike)) and str(path).startswith(LIBRARIES)


def _of_files(real: Callable[..., Any], made: Callable[[Inside], Callable[..., Any]]) -> Any:
    """A function of paths: the container's, but the real one for paths of libraries."""

    def of(inside: Inside) -> Callable[..., Any]:
        own = made(inside)

        def call(path: Any = ".", *rest: Any, **named: Any) -> Any:
            return real(path, *rest, **named) if is_library(path) else own(path, *rest, **named)

        return call

    return of


def _urlopen(inside: Inside) -> Callable[..., Any]:
    return partial(_open_url, inside)


def _open_url(
    inside: Inside, url: str | urllib.request.Request, data: bytes | None = None, *_: Any, **__: Any
) -> addinfourl:
    """`urllib.request.urlopen` from inside a container."""
    asked = url if isinstance(url, urllib.request.Request) else urllib.request.Request(url)  # noqa: S310 - inside the lab
    body = data if data is not None else asked.data
    method = asked.get_method() if data is None else "POST"
    try:
        answer = inside.request(method, asked.full_url, dict(asked.header_items()), _bytes(body))
    except UnreachableError as error:
        raise urllib.error.URLError(error) from None
    headers, raw = _message(answer.headers), io.BytesIO(answer.body)
    if answer.status >= 400:
        reason = responses.get(answer.status, "")
        raise urllib.error.HTTPError(asked.full_url, answer.status, reason, headers, raw)
    return addinfourl(raw, headers, asked.full_url, answer.status)


def _bytes(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    return bytes(body or b"")


def _message(headers: Mapping[str, str]) -> Message:
    message = Message()
    for name, value in headers.items():
        message[name] = value
    return message


def _sleep(inside: Inside) -> Callable[[float], None]:
    return inside.sleep


def _time(inside: Inside) -> Callable[[], float]:
    def now() -> float:
        with released():
            return inside.outside.now() + inside.slept_s

    return now


def _environ(inside: Inside) -> Any:
    return inside.environment


def _encoded_environ(inside: Inside) -> Any:
    real: Any = os.environ
    return {real.encodekey(k): real.encodevalue(v) for k, v in inside.environment.items()}


def _method(name: str) -> Callable[[Inside], Callable[..., Any]]:
    """A method of the container's files under a name of `os`; options that only real disks have
    are left out.
    """

    def of(inside: Inside) -> Callable[..., Any]:
        def call(*arguments: Any, exist_ok: bool = False, **_: Any) -> Any:
            method = getattr(inside.files, name)
            return method(*arguments, exist_ok=True) if exist_ok else method(*arguments)

        return call

    return of


def _folder(inside: Inside) -> Callable[[], str]:
    def getcwd() -> str:
        return str(inside.files.folder)

    return getcwd


def _no_input(inside: Inside) -> Callable[..., str]:
    def read(*_: Any) -> str:
        raise EOFError("EOF when reading a line: a container has no standard input")

    return read


def _unheard(inside: Inside) -> Callable[..., Any]:
    """`signal.signal`: taken note of by nobody; the lab stops an app without asking it."""

    def handle(number: Any, handler: Any) -> Any:
        return signal.SIG_DFL

    return handle


def _install() -> None:
    # Python 3.11 tells an audit hook of no thread. No module for threads is imported for that: a
    # browser tab has none to run.
    threading = sys.modules.get("threading")
    if threading is not None:
        swap(threading.Thread, "start", partial(_refused, "start threads: the lab has none"))
    swap(os, "environ", _environ)
    swap(os.environ, "_data", _encoded_environ)  # for those who have done `from os import environ`
    swap(sys, "stdout", Output)
    swap(sys, "stderr", Output)
    swap(time, "sleep", _sleep)
    swap(time, "time", _time)
    swap(builtins, "open", _open)
    swap(io, "open", _open)
    swap(os, "getcwd", _folder)
    swap(builtins, "input", _no_input)
    swap(signal, "signal", _unheard)
    swap(urllib.request, "urlopen", _urlopen)
    for owner, name, method in FILES:
        swap(owner, name, _of_files(getattr(owner, name), _method(method)))
    for owner, name, what in REFUSED:
        swap(owner, name, partial(_refused, what))


FILES: list[tuple[Any, str, str]] = [
    (os, "listdir", "listdir"),
    (os, "stat", "stat"),
    (os, "lstat", "stat"),
    (os, "remove", "remove"),
    (os, "unlink", "remove"),
    (os, "rmdir", "remove"),
    (os, "rename", "rename"),
    (os, "replace", "rename"),
    (os, "mkdir", "makedirs"),
    (os, "makedirs", "makedirs"),
    (os, "chmod", "chmod"),
    (os, "chown", "chown"),
    (os.path, "exists", "exists"),
    (os.path, "isdir", "is_dir"),
    (os.path, "isfile", "is_file"),
]
"""Functions of files, and the method of `Files` that does the same."""

REFUSED: list[tuple[Any, str, str]] = [
    (os, "_exit", "end the whole lab: use sys.exit"),
    (os, "abort", "end the whole lab: use sys.exit"),
]
"""What Python tells no audit hook of, and why it is refused."""


_install()
