"""HTTP requests and answers inside a lab: plain values, made by nobody's socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOT_HTTP = 0
"""The status of an answer that is none: a port where something listens that speaks no HTTP."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks: `path` with its query, headers by lower-case name."""

    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    scheme: str = "http"
    client_ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered: headers by lower-case name, and the seconds of virtual time it took.

    >>> Response(200, {}, b'{"ok": true}').json()
    {'ok': True}
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    took_s: float = 0.0

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body read as JSON; raises ValueError where it is none."""
        return json.loads(self.body)
