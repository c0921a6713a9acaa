"""Answers of the addresses that only containers reach: JSON and plain text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ecs_lab.runtime.messages import Response


def json_reply(body: Any, status: int = 200) -> Response:
    """A JSON document."""
    return Response(status, {"content-type": "application/json"}, json.dumps(body).encode())


def text_reply(body: str, status: int = 200) -> Response:
    """A plain text."""
    return Response(status, {"content-type": "text/plain"}, body.encode())


def timestamp(at_s: float) -> str:
    """A time as AWS's documents have it: 2026-01-05T09:00:00Z.

    >>> timestamp(0.0)
    '1970-01-01T00:00:00Z'
    """
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%dT%H:%M:%SZ}"
