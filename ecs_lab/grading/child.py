"""The process that runs a learner's cells: IPython without Jupyter, and a lab that is elsewhere.

It is started with pipes to the grader as standard input and output. The learner's code shares this
process and can change all of it; the grader believes nothing that it says but questions to the lab.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from ecs_lab.grading.remote import Channel, RemoteWorld

if TYPE_CHECKING:
    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.lab import Lab

ERROR_CHARS = 400


def main() -> None:
    """Run the cells that the grader sends, until it closes the channel."""
    channel = Channel(*_take_pipes())
    orders = channel.orders()
    first = next(orders)
    os.environ["ECS_LAB_LEARNER"] = first["learner"]  # whose variants lab.exercise is to give
    _limit_resources(first["limits"])
    connect_labs(channel)
    shell = _shell()
    # As in Jupyter, where a notebook imports what a cell wrote to a file. Only now: all that
    # this process itself imports before is the installed one.
    sys.path.insert(0, "")
    channel.send({"ready": True})
    for order in orders:
        channel.send({"done": _run(shell, order["run"])})


def connect_labs(channel: Channel) -> None:
    """Put the account of every `Lab()` of this process, and its checks, in the grader's process."""
    import ecs_lab.lab
    from ecs_lab.exercises import calls
    from ecs_lab.exercises.report import Report

    def run(exercise: Exercise, lab: Lab) -> Report:
        world: Any = lab.world
        return Report.from_json(world.check(exercise.id))

    def build(exercise: Exercise, lab: Lab) -> None:
        world: Any = lab.world
        world.begin(exercise.id)

    ecs_lab.lab.new_world = functools.partial(RemoteWorld.open, channel)
    calls.build = build
    calls.run = run  # type: ignore[attr-defined]  # what lab.check calls; no name for others


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the grader, taken away from where the learner's code reads and prints."""
    incoming, outgoing = os.dup(0), os.dup(1)  # dup: not inherited by what the learner starts
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)  # all that is printed goes to one place, in order
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")


def _limit_resources(limits: dict[str, int]) -> None:
    """Bound memory, files, processor time and processes, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    wanted = {
        resource.RLIMIT_AS: limits["memory_mib"] * 2**20,
        resource.RLIMIT_FSIZE: limits["file_mib"] * 2**20,
        resource.RLIMIT_CORE: 0,
        # What leaves the process group outlives the grader's kill, but not this.
        resource.RLIMIT_CPU: limits["cpu_s"],
    }
    if sys.platform == "linux":
        wanted[resource.RLIMIT_NPROC] = _own_threads() + limits["processes"]
    for kind, value in wanted.items():
        # An administrator's lower limit stays; macOS refuses some of these.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def _own_threads() -> int:
    """How many threads all processes of this user have: what RLIMIT_NPROC counts."""
    count = 0
    for entry in os.scandir("/proc"):
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{entry.name}/task"))  # noqa: PTH208  # ten times quicker
    return count


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    config.DisplayFormatter.active_types = ["text/plain"]  # nobody looks at pictures here
    return InteractiveShell.instance(config=config)


def _run(shell: Any, source: str) -> dict[str, str | int] | None:
    """Run one cell; its error, or None."""
    try:
        with _interruptible():
            result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as raised:  # the learner's code may raise anything here
        error = raised
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the learner's code may have put anything there
            stream.flush()
    return None if error is None else _described(error, shell)


def _described(error: BaseException, shell: Any) -> dict[str, str | int]:
    """An error of a cell, as data."""
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_globals is shell.user_ns:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        line = (error.lineno or 0) if isinstance(error, SyntaxError) else line
    except Exception:  # an error whose own __str__ fails
        text = ""
    return {"name": type(error).__name__, "text": text[:ERROR_CHARS], "line": line}


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Where the grader's interrupt stops what runs; outside it is not heard."""
    number: int = signal.SIGINT
    if sys.platform == "win32":
        number = signal.SIGBREAK
    signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_IGN)
