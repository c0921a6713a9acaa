"""What a program finds inside its container: who it is, its environment, its files, its output,
and the ways out.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from ecs_lab.runtime.confinement import released
from ecs_lab.runtime.files import Files
from ecs_lab.runtime.messages import NOT_HTTP, Request, Response

KILLED = 137
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"""


MOST_PRINTED = 1 << 20
"""How many characters a program may print each time it is called."""


class UnreachableError(OSError):
    """A request from inside a container got no answer: no such name, no route, nobody listens."""


class NotHttpError(UnreachableError):
    """Somebody listens, and does not speak HTTP."""


class ContainerKilledError(BaseException):
    """The container has been killed while its program was running."""

    def __init__(self, exit_code: int, reason: str) -> None:
        super().__init__(reason)
        self.exit_code, self.reason = exit_code, reason


class Outside(Protocol):
    """What the world around a container does for it."""

    def now(self) -> float:
        """Virtual time, in seconds since the epoch."""

    def write(self, inside: Inside, line: str) -> None:
        """Take one line of the container's output, as of `inside.slept_s` seconds from now."""

    def send(self, inside: Inside, url: str, request: Request) -> Response:
        """Send an HTTP request from the container; raises UnreachableError."""

    def call_aws(
        self, inside: Inside, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request to an AWS API from the container; raises UnreachableError."""

    def too_much_memory(self, inside: Inside) -> bool:
        """Whether the container uses more memory than its task definition lets it."""

    def cpu_used(self, inside: Inside) -> None:
        """Know that the container uses another amount of CPU from now on."""

    def wake(self, inside: Inside, after_s: float, *, background: bool) -> None:
        """Call the program's `wake` in `after_s` seconds; `background` holds up no `settle`."""

    def end(self, inside: Inside, exit_code: int, reason: str | None = None) -> None:
        """End the container now."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Inside:
    """One container as its program sees it; apps get it as `container`.

    `memory` is the program's own: a dictionary that begins empty with each start. `slept_s` and
    `printed` are what the program has slept and printed (characters) since it was last called,
    `load_mib` is the memory that a simulated load takes besides `memory_mib`, and `files` are its
    file system.
    """

    name: str
    definition: Mapping[str, Any]
    environment: dict[str, str]
    outside: Outside
    files: Files
    memory: dict[str, Any] = field(default_factory=dict)
    slept_s: float = 0.0
    printed: int = 0
    memory_mib: float = 0.0
    vcpus: float = 0.0
    load_mib: float = 0.0
    arn: str = ""

    @property
    def command(self) -> list[str]:
        """The words that the container runs: its entry point and its command."""
        entry, command = self.definition.get("entryPoint"), self.definition.get("command")
        return [*(entry or []), *(command or [])]

    @property
    def now(self) -> datetime:
        """The time inside the container: the lab's, and what the program has slept since."""
        with released():
            return datetime.fromtimestamp(self.outside.now() + self.slept_s, UTC)

    def print(self, *values: object) -> None:
        """Write to the container's output, which goes to its log driver."""
        text = " ".join(str(each) for each in values)
        if self.printed > MOST_PRINTED:
            return
        self.printed += len(text) + 1
        if self.printed > MOST_PRINTED:
            text = f"[the rest is not kept: {MOST_PRINTED:,} characters at a time are]"
        with released():
            for line in text.splitlines() or [""]:
                self.outside.write(self, line)

    def sleep(self, seconds: float) -> None:
        """Let the program sleep, in virtual time; raises ValueError for a negative number."""
        if not seconds >= 0:
            raise ValueError("sleep length must be non-negative")
        self.slept_s += seconds

    def use_memory(self, mib: float) -> None:
        """Say how much memory the program takes from now on. The container is killed with exit
        code 137 for more than it or its task may use.
        """
        if not mib >= 0:
            raise ValueError(f"a program cannot use {mib} MiB: give 0 or more")
        self.memory_mib = float(mib)
        with released():
            too_much = self.outside.too_much_memory(self)
        if too_much:
            raise ContainerKilledError(KILLED, OUT_OF_MEMORY)

    def use_cpu(self, vcpus: float) -> None:
        """Say how many vCPUs the program keeps busy from now on."""
        if not vcpus >= 0:
            raise ValueError(f"a program cannot use {vcpus} vCPUs: give 0 or more")
        self.vcpus = float(vcpus)
        with released():
            self.outside.cpu_used(self)

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
        """Send an HTTP request from inside the container; raises UnreachableError.

        The time that the answer takes is time that the program waits.
        """
        raw = body.encode() if isinstance(body, str) else body
        lower = {key.lower(): value for key, value in (headers or {}).items()}
        with released():
            response = self.outside.send(self, url, Request(method, headers=lower, body=raw))
        self.slept_s += response.took_s
        if response.status == NOT_HTTP:
            raise NotHttpError(f"{url}: the answer is no HTTP")
        return response

    def __deepcopy__(self, memo: dict[int, Any]) -> Inside:
        """A copy for a copied lab; what of the program's memory cannot be copied is shared."""
        twin = Inside.__new__(Inside)
        memo[id(self)] = twin
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if name == "memory":
                value = {key: _copy_or_share(each, memo) for key, each in value.items()}
            else:
                value = copy.deepcopy(value, memo)
            setattr(twin, name, value)
        return twin


def _copy_or_share(value: Any, memo: dict[int, Any]) -> Any:
    try:
        return copy.deepcopy(value, memo)
    except Exception:  # open files, clients and the like: whatever their copying raises
        return value
