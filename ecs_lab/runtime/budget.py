"""How long an app may work before the lab takes it for one that never ends.

Counted are the lines of Python that are the app's own, not those of libraries. No thread and no
signal is needed for that: Python tells a tracer of each line, and the tracer raises in the app.
A tracer that was there before, such as a debugger's or coverage's, rests meanwhile.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

LINES = 1_000_000
"""How many lines of its own an app may run for one request, step or script."""

_PACKAGE = str(Path(__file__).parent.parent)
LIBRARIES = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
"""Where Python's modules and installed packages lie."""


class OutOfBudgetError(BaseException):
    """The app has run more lines than it may; no `except Exception` in it stops this."""


class Budget:
    """A tracer that counts an app's lines, and raises OutOfBudgetError beyond `lines` of them."""

    __slots__ = ("_before", "_left", "_profiler")

    def __init__(self, lines: int = LINES) -> None:
        self._left = lines
        self._before: Any = None
        self._profiler: Any = None

    def start(self) -> None:
        """Count from now on."""
        self._before, self._profiler = sys.gettrace(), sys.getprofile()
        sys.settrace(self._enter)

    def stop(self) -> None:
        """Count no more, and give way to the tracer that was there before."""
        if sys.getprofile() == self._come_back:  # first: it may bring the tracer back
            # Python gives a profiler written in C back as what it cannot take again.
            sys.setprofile(self._profiler if callable(self._profiler) else None)
        sys.settrace(self._before)

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        return self._count(frame, event, argument) if is_own(frame.f_code) else None

    def _count(self, frame: FrameType, event: str, argument: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            # Python takes away a tracer that raises; an app that catches everything goes on then,
            # until its next call or return brings the tracer back.
            sys.setprofile(self._come_back)
            raise OutOfBudgetError
        return self._count

    def _come_back(self, frame: FrameType | None, event: str, argument: Any) -> None:
        sys.settrace(self._enter)
        while frame is not None and not is_the_labs(frame.f_code.co_filename):
            if is_own(frame.f_code):
                frame.f_trace = self._count
            frame = frame.f_back


_own: dict[str, bool] = {}


def is_own(code: CodeType) -> bool:
    """Whether code is an app's (or the learner's), and not a library's or the lab's."""
    name = code.co_filename
    known = _own.get(name)
    if known is None:
        library = name.startswith((*LIBRARIES, "<frozen ")) or is_the_labs(name)
        known = _own[name] = not library
    return known


def is_the_labs(filename: str) -> bool:
    """Whether a file is the lab's; the course's apps lie beside it, and are apps."""
    return filename.startswith(_PACKAGE) and "catalog" not in filename
