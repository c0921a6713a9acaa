"""The child process in which a learner's cells run, seen from the grader.

Three threads move bytes, so that nothing that the child does or leaves undone can make the grader
wait longer than it wants to: one reads its messages, one writes to it, one keeps what it prints.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import BinaryIO, Self

from ecs_lab.grading import frames
from ecs_lab.grading.limits import Limits

KEPT_VARIABLES = {
    "COMSPEC", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "NUMBER_OF_PROCESSORS", "PATH", "PATHEXT",
    "PROCESSOR_ARCHITECTURE", "SYSTEMDRIVE", "SYSTEMROOT", "TZ", "WINDIR",
}  # fmt: skip
"""All that the child sees of the grader's environment: no AWS setting, token or home folder."""

BOOT = """\
import sys
sys.path.insert(0, sys.argv.pop())
import ecs_lab
del sys.path[0]
from ecs_lab.grading.child import main
main()
"""
"""The child's program: the grader's own ecs_lab, wherever that is, and nothing else from there."""


class OutOfTimeError(Exception):
    """The child said nothing in time."""


class GoneError(Exception):
    """The child cannot be talked to any more; the text goes on after "the notebook's process"."""


class Child:
    """One child process, its folder, and the way to talk to it. Use it in a `with` statement."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # Messages wait in pairs, not more: a child that floods the pipe waits, not the memory.
        self._incoming: queue.Queue[frames.Message | GoneError] = queue.Queue(2)
        self._outgoing: queue.Queue[bytes | None] = queue.Queue(2)
        self._output = bytearray()
        self._output_cut = False
        self.folder = Path(tempfile.mkdtemp(prefix="ecs-lab-grading-"))
        try:
            self._process = self._start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self._threads = [
            threading.Thread(target=work, args=(pipe,), daemon=True)
            for work, pipe in (
                (self._read, self._process.stdout),
                (self._write, self._process.stdin),
                (self._keep, self._process.stderr),
            )
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def send(self, message: frames.Message, until: float) -> None:
        """Send a message; `until` is a time of `time.monotonic()`.

        Raises:
            OutOfTimeError: the child does not read.
        """
        try:
            self._outgoing.put(frames.encode(message), timeout=max(until - time.monotonic(), 0.0))
        except queue.Full:
            raise OutOfTimeError from None

    def receive(self, until: float) -> frames.Message:
        """The child's next message.

        Raises:
            OutOfTimeError: there was none until then.
            GoneError: the child ended, or sent what is no message.
        """
        left = until - time.monotonic()
        try:
            message = self._incoming.get(timeout=left) if left > 0 else None
        except queue.Empty:
            message = None
        if message is None:
            raise OutOfTimeError
        if isinstance(message, GoneError):
            raise message
        return message

    def interrupt(self) -> None:
        """Ask the running cell to stop, as the notebook's stop button does."""
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if sys.platform == "win32":
                self._process.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """End the child, all processes of its group, and its folder."""
        self._kill_group()
        with contextlib.suppress(queue.Full):
            self._outgoing.put_nowait(None)
        # A process that left the group can hold a pipe open: its thread is then left behind.
        until = time.monotonic() + 1.0
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < until:
            with contextlib.suppress(queue.Empty):  # the reader may wait for room
                self._incoming.get(timeout=0.01)
        shutil.rmtree(self.folder, ignore_errors=True)

    def output(self) -> str:
        """What the notebook printed, as far as it is kept."""
        text = bytes(self._output).decode("utf-8", "replace")
        kept = f"\n[the rest is not kept: {self._limits.output_bytes:,} bytes are]"
        return text + kept if self._output_cut else text

    def _start(self) -> subprocess.Popen[bytes]:
        import ecs_lab

        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
        package = Path(ecs_lab.__file__).absolute().parent.parent
        return subprocess.Popen(
            # -I: no PYTHON* variable, no user site, nothing from the current folder.
            [sys.executable, "-I", "-X", "utf8", "-c", BOOT, str(package)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=environment(self.folder),
            bufsize=0,
            creationflags=flags,
            start_new_session=True,  # without effect on Windows
        )

    def _kill_group(self) -> None:
        if sys.platform == "win32":
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(self._process.pid)],
                check=False,
                capture_output=True,
            )
            self._process.kill()
        else:
            # Also when the child has ended: what it started may still run in its group.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _read(self, pipe: BinaryIO) -> None:
        gone: GoneError | None = None
        try:
            with pipe:
                while (message := frames.read(pipe, self._limits.frame_bytes)) is not None:
                    self._incoming.put(message)
        except frames.FrameError as broken:
            gone = GoneError(f"broke the connection to the lab: {broken}")
        except OSError:
            gone = None
        self._incoming.put(gone or GoneError(self._how_it_ended()))

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return "closed its connection to the lab"
        if code >= 0:
            return f"ended with exit code {code}"
        with contextlib.suppress(ValueError):
            return f"was ended by signal {signal.Signals(-code).name}"
        return f"was ended by signal {-code}"

    def _write(self, pipe: BinaryIO) -> None:
        with contextlib.suppress(OSError), pipe:
            while (data := self._outgoing.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[pipe.write(view) :]

    def _keep(self, pipe: BinaryIO) -> None:
        with contextlib.suppress(OSError), pipe:
            while part := pipe.read(1 << 16):
                room = self._limits.output_bytes - len(self._output)
                self._output += part[:room]
                self._output_cut |= len(part) > room


def environment(folder: Path) -> dict[str, str]:
    """The child's environment: what a Python process needs, with its home in a fresh folder."""
    home = str(folder)
    kept = {name: value for name, value in os.environ.items() if name.upper() in KEPT_VARIABLES}
    return kept | {
        "HOME": home,
        "USERPROFILE": home,
        "TMPDIR": home,
        "TEMP": home,
        "TMP": home,
        "IPYTHONDIR": str(folder / ".ipython"),
        "MPLBACKEND": "agg",
        "AWS_EC2_METADATA_DISABLED": "true",
        "ECS_LAB_DATA": str(folder / ".ecs_lab"),
    }
