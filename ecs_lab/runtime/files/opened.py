"""Open files: Python's own file objects over a file of a disk."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from ecs_lab.runtime.files.disk import Disk, Node

if TYPE_CHECKING:
    from typing_extensions import Buffer

_MODES = {"r", "w", "a", "x"}


class Mode:
    """What the mode of `open` asks for; raises ValueError for one that Python does not have."""

    def __init__(self, mode: str) -> None:
        letters = set(mode)
        if len(letters) != len(mode) or letters - {*_MODES, "b", "t", "+"}:
            raise ValueError(f"invalid mode: {mode!r}")
        if len(letters & _MODES) != 1 or {"b", "t"} <= letters:
            raise ValueError(f"must have exactly one of create/read/write/append mode: {mode!r}")
        self.kind = next(iter(letters & _MODES))
        self.binary = "b" in letters
        self.reads = self.kind == "r" or "+" in letters
        self.writes = self.kind != "r" or "+" in letters


class _Raw(io.RawIOBase):
    """The bytes of a file, read and written at a place that moves along."""

    def __init__(self, disk: Disk, node: Node, mode: Mode) -> None:
        self._disk, self._node, self._mode = disk, node, mode
        self._at = self._size() if mode.kind == "a" else 0

    def readable(self) -> bool:
        return self._mode.reads

    def writable(self) -> bool:
        return self._mode.writes

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        begin = (0, self._at, self._size())[whence]
        if begin + offset < 0:
            raise ValueError(f"negative seek value {begin + offset}")
        self._at = begin + offset
        return self._at

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override] # what io gives
        data = self._disk.read(self._node, self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def write(self, data: Buffer, /) -> int:
        written = bytes(data)
        if self._mode.kind == "a":
            self._at = self._size()
        self._disk.write(self._node, self._at, written)
        self._at += len(written)
        return len(written)

    def truncate(self, size: int | None = None, /) -> int:
        wanted = self._at if size is None else size
        self._disk.resize(self._node, wanted)
        return wanted

    def _size(self) -> int:
        return self._node.content.size if self._node.content is not None else 0


def opened(
    disk: Disk, node: Node, mode: Mode, encoding: str, errors: str, newline: str | None
) -> IO[str] | IO[bytes]:
    """A file object over a file that is there; lines end as on Linux, whatever computer it is."""
    raw = _Raw(disk, node, mode)
    buffered: io.BufferedRandom | io.BufferedWriter | io.BufferedReader
    if mode.reads and mode.writes:
        buffered = io.BufferedRandom(raw)
    else:
        buffered = io.BufferedWriter(raw) if mode.writes else io.BufferedReader(raw)
    if mode.binary:
        return buffered
    ending = "\n" if newline is None and mode.writes else newline
    return io.TextIOWrapper(buffered, encoding, errors, ending)
