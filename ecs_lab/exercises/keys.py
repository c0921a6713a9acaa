"""Single keys from a terminal, read without waiting for Enter and without stopping the program."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Key(Protocol):
    """Waits up to some seconds for a key; gives it in lower case, or nothing."""

    def __call__(self, wait_s: float) -> str:
        """The key that was pressed, or an empty string."""


@contextmanager
def keys() -> Iterator[Key]:
    """Within the block, keys can be read; where nobody is at a terminal, there are none."""
    if not sys.stdin.isatty():
        yield _no_key
    elif sys.platform == "win32":
        yield _windows_key
    else:
        with _each_key_at_once():
            yield _posix_key


def _no_key(wait_s: float) -> str:
    time.sleep(wait_s)
    return ""


if sys.platform == "win32":

    def _windows_key(wait_s: float) -> str:
        import msvcrt

        if not msvcrt.kbhit():
            time.sleep(wait_s)
        if not msvcrt.kbhit():
            return ""
        key = msvcrt.getwch().lower()
        if key == "\x03":
            raise KeyboardInterrupt
        return key

else:

    @contextmanager
    def _each_key_at_once() -> Iterator[None]:
        import termios
        import tty

        before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        try:
            yield
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)

    def _posix_key(wait_s: float) -> str:
        import select

        ready, _, _ = select.select([sys.stdin], [], [], wait_s)
        if not ready:
            return ""
        # Straight from the terminal: what Python's own buffer took in, select would not see.
        return os.read(sys.stdin.fileno(), 1).decode("ascii", "ignore").lower()
