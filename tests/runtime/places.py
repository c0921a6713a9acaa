"""A container without a lab around it, for tests of what runs inside."""

from __future__ import annotations

from typing import Any

from ecs_lab.runtime.files import Disk, Files
from ecs_lab.runtime.inside import Inside, UnreachableError
from ecs_lab.runtime.messages import NOT_HTTP, Request, Response


class Nobody:
    """A world in which two things listen on localhost: a web server, and a database."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, str]] = []
        self.wakes: list[tuple[float, bool]] = []
        self.ended: list[tuple[float, int, str | None]] = []

    def now(self) -> float:
        """The beginning."""
        return 1_000_000_000.0

    def write(self, inside: Inside, line: str) -> None:
        """Remember the line, and after how much sleep it was written."""
        self.lines.append((inside.slept_s, line))

    def send(self, inside: Inside, url: str, request: Request) -> Response:
        """`/` is there and `/missing` is not; 6379 speaks no HTTP; nobody else listens."""
        if ":6379" in url:
            return Response(NOT_HTTP)
        if not url.startswith(("http://localhost/", "http://localhost:80/")):
            raise UnreachableError("nobody answers")
        if "/missing" in url:
            return Response(404, {}, b"missing")
        return Response(200, {"content-type": "text/plain"}, b"hello\n" + request.body)

    def call_aws(
        self, inside: Inside, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """There is no AWS here."""
        raise UnreachableError(url)

    def too_much_memory(self, inside: Inside) -> bool:
        """More than 100 MiB is too much."""
        return inside.memory_mib > 100

    def cpu_used(self, inside: Inside) -> None:
        """Nobody measures it."""

    def wake(self, inside: Inside, after_s: float, *, background: bool) -> None:
        """Remember it."""
        self.wakes.append((after_s, background))

    def end(self, inside: Inside, exit_code: int, reason: str | None = None) -> None:
        """Remember it."""
        self.ended.append((inside.slept_s, exit_code, reason))


def place(**definition: Any) -> tuple[Inside, Nobody]:
    """A container of this definition, and the world around it."""
    world = Nobody()
    whole = {"name": "app", "image": "busybox", **definition}
    environment = {"COLOUR": "red", "HOSTNAME": "ip-10-0-0-4"}
    return Inside("app", whole, environment, world, Files(Disk(now=world.now))), world
