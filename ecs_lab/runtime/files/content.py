"""The bytes of a file, in pieces that never change: copies of a lab share them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

PIECE_BYTES = 1 << 16


@dataclass(slots=True)
class Content:
    """What a file holds: `size` bytes; where no piece is, they are zero, and cost no memory."""

    size: int = 0
    pieces: dict[int, bytes] = field(default_factory=dict)

    def read(self, at: int, count: int) -> bytes:
        """Up to `count` bytes from a place on."""
        parts = []
        for number, begin, step in _steps(at, min(count, self.size - at)):
            part = self.pieces.get(number, b"")[begin : begin + step]
            parts.append(part.ljust(step, b"\0"))
        return b"".join(parts)

    def write(self, at: int, data: bytes) -> None:
        """Put bytes at a place; a gap before them is filled with zeros."""
        done = 0
        for number, begin, step in _steps(at, len(data)):
            old = self.pieces.get(number, b"")
            new = old[:begin].ljust(begin, b"\0") + data[done : done + step]
            self.pieces[number] = new + old[begin + step :]
            done += step
        self.size = max(self.size, at + len(data))

    def resize(self, size: int) -> None:
        """Cut the file off, or lengthen it by zeros."""
        last, kept = divmod(size, PIECE_BYTES)
        for number in [each for each in self.pieces if each >= last]:
            piece = self.pieces.pop(number)
            if number == last and kept:
                self.pieces[number] = piece[:kept]
        self.size = size

    def held_bytes(self) -> int:
        """What the file costs in memory."""
        return sum(len(each) for each in self.pieces.values())

    def growth(self, at: int, count: int) -> int:
        """How much more memory it costs to write `count` bytes at a place."""
        return sum(
            max(begin + step - len(self.pieces.get(number, b"")), 0)
            for number, begin, step in _steps(at, count)
        )


def _steps(at: int, count: int) -> Iterator[tuple[int, int, int]]:
    """The pieces that a range touches: number, where it begins in the piece, how many bytes."""
    end = at + count
    while at < end:
        number, begin = divmod(at, PIECE_BYTES)
        step = min(PIECE_BYTES - begin, end - at)
        yield number, begin, step
        at += step
