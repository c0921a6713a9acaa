"""Running a learner's file in a child process, once or at each save.

    with Judge(limit_s=20, again=True) as judge:
        outcome = judge(learner.read(Path("my-work.py")), ["fargate-first-service"])

A spare child that has imported moto already stands ready, so a verdict takes a fraction of a
second, and an endless loop, a crash or `os._exit` costs only that child.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from ecs_lab.exercises import catalog, learner
from ecs_lab.exercises.learner import Source, TimeUpError
from ecs_lab.exercises.report import Report

START_S = 120.0
"""How long a child may take to import its libraries: minutes on a cold network drive."""
GRACE_S = 3.0
"""How long past the limit a child may take before it is killed from outside."""
POLL_S = 0.05
"""How often the file's time stamp is looked at."""

# One server process that imported all this forks the children where the system can fork safely;
# elsewhere (Windows, and macOS, whose libraries do not survive a fork) each child imports it.
FORKS = "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
PRELOAD = ["ecs_lab.exercises.warm"]


@dataclass(frozen=True)
class Outcome:
    """What came of running a file: a report for each exercise, what went wrong, what it printed."""

    reports: tuple[Report, ...] = ()
    troubles: tuple[str, ...] = ()
    output: str = ""

    @property
    def passed(self) -> bool:
        """Whether there are reports and all of them passed."""
        return bool(self.reports) and all(report.passed for report in self.reports)


class Judge:
    """Runs files in child processes, each under a time limit in real seconds.

    With `again`, the next child gets ready while the learner reads the verdict.
    """

    def __init__(
        self, limit_s: float, *, again: bool = False, start_method: str | None = None
    ) -> None:
        self.limit_s = limit_s
        self._again = again
        self._context: Any = multiprocessing.get_context(
            start_method or ("forkserver" if FORKS else "spawn")
        )
        if start_method in (None, "forkserver") and FORKS:
            self._context.set_forkserver_preload(PRELOAD)
        self._spare = _Child(self._context)

    def __call__(self, source: Source, exercise_ids: list[str]) -> Outcome:
        """Run a file and check the exercises on what it built."""
        child = self._spare
        try:
            return child.run(source, exercise_ids, self.limit_s)
        finally:
            child.kill()
            if self._again:
                self._spare = _Child(self._context)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._spare.kill()


class _Child:
    """A process that gets ready, takes one job, and is done with."""

    def __init__(self, context: Any) -> None:
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def run(self, source: Source, exercise_ids: list[str], limit_s: float) -> Outcome:
        try:
            if not self._ours.poll(START_S):
                return Outcome(
                    troubles=(f"Python was not ready after {START_S:.0f} s. Try again.",)
                )
            self._ours.recv()
            self._ours.send((source, exercise_ids, limit_s))
            if not self._ours.poll(limit_s + GRACE_S):
                return Outcome(troubles=(f"{source.path.name}: {_too_long(limit_s)}",))
            outcome: Outcome = self._ours.recv()
        except (EOFError, OSError):
            return Outcome(troubles=(f"{source.path.name}: {_GONE}",))
        return outcome

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._ours.close()


_GONE = (
    "the code ended its own Python process (os._exit or a crash), so nothing could be checked. "
    "Remove what does that."
)


def _serve(job: Connection) -> None:
    """The child: get ready, say so, do one job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who kills this one
    import ecs_lab.exercises.warm  # noqa: F401  # at hand already where it was forked from one

    job.send("ready")
    job.send(_outcome(*job.recv()))


def _outcome(source: Source, exercise_ids: list[str], limit_s: float) -> Outcome:
    with _interrupted_after(limit_s):
        ran = learner.play(source)
    reports = tuple(learner.grade(catalog.load(each), ran) for each in exercise_ids)
    return Outcome(reports, tuple(ran.troubles), ran.output)


@contextlib.contextmanager
def _interrupted_after(limit_s: float) -> Iterator[None]:
    """Raise `TimeUpError` in the learner's code when time is up, so that its line can be named.

    Windows has no such timer; there the parent ends the child, and only the file is named.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeUpError(_too_long(limit_s))

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _too_long(limit_s: float) -> str:
    return (
        f"still running after {limit_s:g} s, so it was stopped: an endless loop? "
        "(To let time pass in the lab, lab.wait(seconds) takes no real time; time.sleep does.)"
    )


def stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is saved, in place or by putting a new one there; None if gone."""
    try:
        status = os.stat(path)  # noqa: PTH116  # one system call, 20 times a second
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def saved(path: Path, since: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
    """The new stamp of a file that was saved since then and is at rest; None otherwise."""
    now = stamp(path)
    if now is None or now == since:
        return None
    time.sleep(POLL_S)
    return now if stamp(path) == now else None
