"""Messages over a pipe: what comes back, and what is refused."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_lab.grading import frames

LIMIT = 1000


@pytest.mark.parametrize("message", [{}, {"text": "é \ud800 \0"}, {"deep": [[{"x": None}]]}])
def test_a_message_comes_back_as_it_was(message: frames.Message) -> None:
    """What was encoded is read again, half a surrogate pair included."""
    assert frames.read(io.BytesIO(frames.encode(message)), LIMIT) == message


def test_messages_are_read_one_by_one_until_the_end() -> None:
    """Two messages, then the end of the stream."""
    stream = io.BytesIO(frames.encode({"n": 1}) + frames.encode({"n": 2}))
    assert [frames.read(stream, LIMIT) for _ in range(3)] == [{"n": 1}, {"n": 2}, None]


def frame(body: bytes, size: int | None = None) -> bytes:
    """A body with its length before it, or a false one."""
    return (len(body) if size is None else size).to_bytes(4, "big") + body


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (frame(b"{}", 1001), "1,001 bytes"),
        (b"\xff\xff\xff\xff", "4,294,967,295 bytes"),
        (b"\0\0", "half a message"),
        (frame(b"{}", 3), "half a message"),
        (frame(b"[]"), "JSON that is no message"),
        (frame(b"{"), "no JSON"),
        (frame(b"\x80\x04]."), "no JSON"),
        (frame(b"[" * 990), "no JSON"),
    ],
)
def test_what_is_no_message_is_refused_with_what_it_was(sent: bytes, why: str) -> None:
    """Too long, cut short, pickled, nested or not an object: refused, and said why."""
    with pytest.raises(frames.FrameError, match=why):
        frames.read(io.BytesIO(sent), LIMIT)


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(sent: bytes) -> None:
    """No bytes raise anything but the one error."""
    stream = io.BytesIO(sent)
    try:
        while frames.read(stream, LIMIT) is not None:
            pass
    except frames.FrameError:
        pass
