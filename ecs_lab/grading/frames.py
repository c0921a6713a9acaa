"""Messages between the grader and the learner's process: a length, then that many bytes of JSON.

JSON and never pickle: what the learner's process sends is data, and reading it runs no code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

Message = dict[str, Any]
HEADER_BYTES = 4


class FrameError(Exception):
    """What arrived is no message; the text says what arrived instead."""


class Source(Protocol):
    """Where bytes are read from, such as a pipe."""

    def read(self, size: int, /) -> bytes | None:
        """Up to `size` bytes; none at the end."""


def encode(message: Mapping[str, Any]) -> bytes:
    """A message as bytes. ASCII, so that half a surrogate pair in a learner's text survives."""
    body = json.dumps(message).encode("ascii")
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def read(source: Source, limit_bytes: int) -> Message | None:
    """The next message, or None at the end of the stream.

    Raises:
        FrameError: the bytes are longer than `limit_bytes`, cut short, or no JSON object.
    """
    header = _exactly(source, HEADER_BYTES)
    if not header:
        return None
    size = int.from_bytes(header, "big")
    if len(header) < HEADER_BYTES or size > limit_bytes:
        raise FrameError(
            f"it sent a message of {size:,} bytes; at most {limit_bytes:,} are read"
            if len(header) == HEADER_BYTES
            else "it sent half a message"
        )
    body = _exactly(source, size)
    if len(body) < size:
        raise FrameError("it sent half a message")
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise FrameError("it sent bytes that are no JSON") from None
    if not isinstance(message, dict):
        raise FrameError("it sent JSON that is no message")
    return message


def _exactly(source: Source, size: int) -> bytes:
    """`size` bytes, or fewer where the stream ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = source.read(min(size - len(parts), 1 << 20))
        if not part:
            break
        parts += part
    return bytes(parts)
