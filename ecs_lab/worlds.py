"""What a lab stands on, as a protocol: everything that is asked of a simulated account."""

from __future__ import annotations

from typing import Any, Protocol


class World(Protocol):
    """What a lab stands on: a simulated account in this process, or the far end of a pipe to
    one.
    """

    region: str

    def handle(
        self, method: str, url: str, headers: dict[str, str], body: bytes, *, quiet: bool = False
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request to an AWS API with (status, headers, body)."""

    def now(self) -> float:
        """Virtual time, in seconds since the epoch."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""

    def settle(self, limit_s: float = 3600.0) -> float:
        """Let time pass until nothing more happens by itself; returns the seconds passed."""

    def next_happening_s(self, limit_s: float = 3600.0) -> float | None:
        """In how many seconds the timeline has its next line, or None if none comes within
        `limit_s`; takes no time.
        """

    def timeline(self) -> list[dict[str, Any]]:
        """What happened so far."""

    def snapshot(self) -> dict[str, Any]:
        """All there is, in AWS's own shapes."""

    def facts(self) -> dict[str, Any]:
        """The ids of what is there from the start."""

    def agent_log(self, instance_id: str) -> list[str]:
        """The log of the container agent on an EC2 instance."""

    def container_logs(self, task: str, container: str | None) -> list[tuple[float, str, str]]:
        """What a task's containers have written: (epoch seconds, container, line), oldest first;
        raises LookupError for a task or container that is not there.
        """

    def run_in_container(self, task: str, container: str, command: str, session_id: str) -> str:
        """Run the command of an open session of ECS Exec, and give what it prints; raises
        LookupError for a task or container that is not there.
        """

    def cause(self, what: str, details: dict[str, Any]) -> list[str]:
        """Let something happen that no AWS call makes; gives the ids of what it happens to."""

    def send(
        self, source: dict[str, Any], method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes, float, list[list[str]]]:
        """Send an HTTP request inside the lab: (status, headers, body, seconds, hops)."""

    def act_as(self, name: str) -> dict[str, str]:
        """Keys of a role or user, as boto3 names them; raises LookupError for one that is not
        there.
        """

    def last_denial(self) -> dict[str, Any] | None:
        """The last request that was denied: see `ecs_lab.acting.Denial`."""

    def rush(
        self,
        source: dict[str, Any],
        request: tuple[str, str, dict[str, str], bytes],
        offsets_s: list[float],
        lasts_s: float,
    ) -> list[Any]:
        """Send a request (method, URL, headers, body) at these moments of the next `lasts_s`
        seconds, which then have passed: (status, task, zone, revision, seconds, error) of each.
        """

    def reset(self) -> None:
        """Go back to the beginning."""

    def close(self) -> None:
        """Give back what it holds."""
