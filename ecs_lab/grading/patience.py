"""An end to how long the grader's own work for a notebook may take."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_S = 5.0
"""When to interrupt again, should something have swallowed the first interrupt."""
SOON_S = 0.01
"""When to interrupt again after a moment at which it would have been lost."""


class TooLongError(BaseException):
    """The time is over. No `Exception`, so that nothing on the way takes it for one of its own."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `TooLongError` in the block after so many real seconds.

    Only in the main thread, where pytest and its workers run tests, and not on Windows, which has
    no such signal: there the block takes as long as it takes. A timer that was set before, such as
    pytest-timeout's, goes on afterwards.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    started = time.monotonic()
    handler = signal.signal(signal.SIGALRM, _ring)
    left, again = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), AGAIN_S)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, handler)
        if left:
            left = max(left - (time.monotonic() - started), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, again)


def _ring(_number: int, frame: FrameType | None) -> None:
    if not _is_lost_in(frame):
        raise TooLongError
    signal.setitimer(signal.ITIMER_REAL, SOON_S, AGAIN_S)


def _is_lost_in(frame: FrameType | None) -> bool:
    """Whether Python would only print what is raised now: in a destructor or a callback of gc.

    That is no rare moment: a signal that comes while gc works is heard first in its callbacks,
    and libraries such as Hypothesis have one.
    """
    callbacks = [getattr(callback, "__code__", None) for callback in gc.callbacks]
    while frame is not None:
        if frame.f_code.co_name == "__del__" or frame.f_code in callbacks:
            return True
        frame = frame.f_back
    return False
