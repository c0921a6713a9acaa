"""The learner's side of the wire: a world whose account is in the grader's process.

`RemoteWorld` has `World`'s methods; each is one question to the grader and one answer from it.
Nothing here is trusted by the grader: the learner's code can replace all of it.
"""

from __future__ import annotations

import base64
import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from ecs_lab.grading import frames
from ecs_lab.runtime.inside import UnreachableError

_ANSWER_LIMIT_BYTES = 256 * 2**20
"""The grader is trusted to send what fits; this only stops a broken stream."""

_ERRORS: dict[str, type[Exception]] = {
    error.__name__: error
    for error in (KeyError, LookupError, RuntimeError, TypeError, UnreachableError, ValueError)
}


class Channel:
    """The two pipes to the grader: orders come in (run this cell), questions go out."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._orders: queue.SimpleQueue[frames.Message | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[frames.Message | None] = queue.SimpleQueue()
        self._asking = threading.Lock()
        self._asked = 0
        threading.Thread(target=self._read, name="ecs-lab-grader", daemon=True).start()

    def orders(self) -> Iterator[frames.Message]:
        """What the grader wants done, until it closes the channel."""
        while (order := self._orders.get()) is not None:
            yield order

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message that expects no answer."""
        self._outgoing.write(frames.encode(message))
        self._outgoing.flush()

    def ask(self, what: str, **arguments: Any) -> Any:
        """The grader's answer to one question.

        Raises:
            RuntimeError: a limit of grading is reached, or the channel is closed.
            KeyError, LookupError, TypeError, ValueError: as the world itself raised it.
        """
        with self._asking:
            self._asked += 1
            number = self._asked
            self.send({"ask": what, "number": number, **arguments})
            # An interrupted cell leaves its answer behind: pass over those of older questions.
            while (answer := self._answers.get()) is not None and answer["number"] != number:
                pass
        if answer is None:
            raise RuntimeError("The grader has ended this notebook; its lab answers no more.")
        if error := answer.get("error"):
            raise _ERRORS.get(error["name"], RuntimeError)(error["text"])
        return answer.get("answer")

    def _read(self) -> None:
        try:
            while (message := frames.read(self._incoming, _ANSWER_LIMIT_BYTES)) is not None:
                (self._answers if "number" in message else self._orders).put(message)
        finally:
            self._orders.put(None)
            self._answers.put(None)


class RemoteWorld:
    """`ecs_lab.aws.world.World`, asked over a channel."""

    def __init__(self, channel: Channel, number: int, region: str) -> None:
        self.region = region
        self._channel = channel
        self._number = number

    @classmethod
    def open(cls, channel: Channel, seed: int, region: str) -> RemoteWorld:
        """A new account in the grader's process."""
        return cls(channel, channel.ask("new", seed=seed, region=region), region)

    def handle(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes,
        *,
        quiet: bool = False,
    ) -> tuple[int, dict[str, str], bytes]:
        """One AWS API request and its response: status, headers, body."""
        status, answered, content = self._ask(
            "handle",
            method=method,
            url=url,
            headers=headers,
            body=base64.b64encode(body).decode("ascii"),
            quiet=quiet,
        )
        return status, answered, base64.b64decode(content)

    def send(
        self, source: dict[str, Any], method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes, float, list[list[str]]]:
        """One HTTP request inside the lab and its answer: status, headers, body, seconds, hops."""
        status, answered, content, took_s, hops = self._ask(
            "send",
            source=source,
            method=method,
            url=url,
            headers=headers,
            body=base64.b64encode(body).decode("ascii"),
        )
        return status, answered, base64.b64decode(content), took_s, hops

    def rush(
        self,
        source: dict[str, Any],
        request: tuple[str, str, dict[str, str], bytes],
        offsets_s: list[float],
        lasts_s: float,
    ) -> list[Any]:
        """The same HTTP request at many moments, and what came of each."""
        method, url, headers, body = request
        rows: list[Any] = self._ask(
            "rush",
            source=source,
            method=method,
            url=url,
            headers=headers,
            body=base64.b64encode(body).decode("ascii"),
            offsets_s=offsets_s,
            lasts_s=lasts_s,
        )
        return rows

    def now(self) -> float:
        """The virtual time, as seconds since 1970."""
        return float(self._ask("now"))

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        self._ask("advance", seconds=seconds)

    def settle(self, limit_s: float = 3600) -> float:
        """Let time pass until nothing is pending; returns the virtual seconds that passed."""
        return float(self._ask("settle", limit_s=limit_s))

    def next_happening_s(self, limit_s: float = 3600.0) -> float | None:
        """In how many virtual seconds something happens, or None; takes no time."""
        seconds: float | None = self._ask("next_happening_s", limit_s=limit_s)
        return seconds

    def snapshot(self) -> dict[str, Any]:
        """All that exists in the account, in AWS's own shapes."""
        snapshot: dict[str, Any] = self._ask("snapshot")
        return snapshot

    def timeline(self) -> list[dict[str, Any]]:
        """What happened so far."""
        timeline: list[dict[str, Any]] = self._ask("timeline")
        return timeline

    def facts(self) -> dict[str, Any]:
        """What the lab provisioned: network, roles, image."""
        facts: dict[str, Any] = self._ask("facts")
        return facts

    def agent_log(self, instance_id: str) -> list[str]:
        """The log of the ECS agent on one instance."""
        log: list[str] = self._ask("agent_log", instance_id=instance_id)
        return log

    def container_logs(self, task: str, container: str | None) -> list[tuple[float, str, str]]:
        """What a task's containers have written."""
        lines = self._ask("container_logs", task=task, container=container or "")
        return [(float(at_s), str(name), str(text)) for at_s, name, text in lines]

    def run_in_container(self, task: str, container: str, command: str, session_id: str) -> str:
        """Run the command of an open session of ECS Exec."""
        return str(
            self._ask(
                "run_in_container",
                task=task,
                container=container,
                command=command,
                session_id=session_id,
            )
        )

    def cause(self, what: str, details: dict[str, Any]) -> list[str]:
        """Let something happen that no AWS call makes."""
        ids: list[str] = self._ask("cause", event=what, details=details)
        return ids

    def act_as(self, name: str) -> dict[str, str]:
        """Keys of a role or user."""
        keys: dict[str, str] = self._ask("act_as", name=name)
        return keys

    def last_denial(self) -> dict[str, Any] | None:
        """The last request that was denied."""
        denied: dict[str, Any] | None = self._ask("last_denial")
        return denied

    def reset(self) -> None:
        """Start the account afresh. What was built so far is graded first."""
        self._ask("reset")

    def close(self) -> None:
        """Nothing to give back: the grader keeps the account until it has graded it."""

    def begin(self, exercise_id: str) -> None:
        """Let the grader build in this account what an exercise gives."""
        self._ask("begin", exercise=exercise_id)

    def check(self, exercise_id: str) -> dict[str, Any]:
        """The grader's verdict on one exercise, as `Report.to_json` gives it; it counts there."""
        report: dict[str, Any] = self._ask("check", exercise=exercise_id)
        return report

    def _ask(self, what: str, **arguments: Any) -> Any:
        return self._channel.ask(what, world=self._number, **arguments)
