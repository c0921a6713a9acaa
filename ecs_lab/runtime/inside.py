"""What a program finds inside its container: who it is, its environment, its output, and the ways
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ecs_lab.runtime.messages import Request, Response


class UnreachableError(OSError):
    """A request from inside a container got no answer: no such name, no route, nobody listens."""


class Outside(Protocol):
    """What the world around a container does for it."""

    def now(self) -> float:
        """Virtual time, in seconds since the epoch."""

    def write(self, inside: Inside, line: str) -> None:
        """Take one line of the container's output."""

    def send(self, inside: Inside, url: str, request: Request) -> Response:
        """Send an HTTP request from the container; raises UnreachableError."""

    def call_aws(
        self, inside: Inside, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request to an AWS API from the container; raises UnreachableError."""


@dataclass(slots=True, eq=False)
class Inside:
    """One container as its program sees it; apps get it as `container`.

    `memory` is the program's own: a dictionary that begins empty with each start.
    """

    name: str
    definition: Mapping[str, Any]
    environment: dict[str, str]
    outside: Outside
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def command(self) -> list[str]:
        """The words that the container runs: its entry point and its command."""
        entry, command = self.definition.get("entryPoint"), self.definition.get("command")
        return [*(entry or []), *(command or [])]

    def print(self, *values: object) -> None:
        """Write to the container's output, which goes to its log driver."""
        for line in " ".join(str(each) for each in values).splitlines() or [""]:
            self.outside.write(self, line)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """GET a URL from inside the container; raises UnreachableError."""
        return self.request("GET", url, headers)

    def post(
        self, url: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None
    ) -> Response:
        """POST to a URL from inside the container; raises UnreachableError."""
        return self.request("POST", url, headers, body)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
    ) -> Response:
        """Send an HTTP request from inside the container; raises UnreachableError."""
        raw = body.encode() if isinstance(body, str) else body
        lower = {key.lower(): value for key, value in (headers or {}).items()}
        return self.outside.send(self, url, Request(method, headers=lower, body=raw))
