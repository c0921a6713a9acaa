"""A lab that writes down what is done in it, so that a proof can be read step by step."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecs_lab import diagram, lab
from ecs_lab.traffic.http import Http

if TYPE_CHECKING:
    import boto3

    from ecs_lab.diagram.picture import Picture
    from ecs_lab.worlds import World

WIDTH = 320
"""Characters of a call or an answer that are shown; the rest is dots."""

TELLING = {
    "agentConnected", "attributes", "capacityProviderName", "clusterName", "code", "cpu",
    "cpuUtilized", "desiredCount", "desiredStatus", "exitCode", "family", "failedTasks",
    "hostPort", "instanceType", "lastStatus", "launchType", "memory", "message",
    "networkMode", "pendingCount", "platformVersion", "reason", "registeredContainerInstancesCount",
    "revision", "rolloutState", "rolloutStateReason", "runningCount", "serviceName",
    "status", "stopCode", "stoppedReason", "runningTasksCount", "pendingTasksCount",
}  # fmt: skip
"""Fields of AWS's answers that a reader wants to see; the others stay out of the trace."""


_ARN_START = re.compile(r"\barn:aws:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:")


@dataclass
class Step:
    """One thing done: a call as Python writes it, and what came back."""

    call: str
    answer: str = ""


@dataclass
class Trace:
    """What was done in a lab, in order, and the pictures drawn of it."""

    steps: list[Step] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    def add(self, call: str, answer: str = "") -> Step:
        """Note a step; the answer may be filled in later."""
        step = Step(shortened(call), shortened(answer))
        self.steps.append(step)
        return step

    def asked(self, params: Any, model: Any, context: Any, **_: Any) -> None:
        """botocore is about to make a call (its event `provide-client-params`)."""
        service = model.service_model.service_name
        words = ", ".join(f"{name}={value!r}" for name, value in params.items())
        context["ecs_lab_step"] = self.add(f"{service}: {model.name}({words})")

    def answered(self, parsed: Any, context: Any, **_: Any) -> None:
        """botocore has read the answer to a call (its event `after-call`)."""
        if error := parsed.get("Error"):
            answer = f"{error.get('Code')}: {error.get('Message')}"
        else:
            kept = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
            told = telling(kept)
            answer = json.dumps(told, default=str) if told else ""
        if step := context.get("ecs_lab_step"):
            step.answer = shortened(answer)


class ProofLab(lab.Lab):
    """A lab for a proof: it notes each call, wait, request and cause in its `trace`."""

    def __init__(self, world: World) -> None:
        super().__init__(world=world)
        self.trace = Trace()
        self._clients: dict[tuple[boto3.Session, str], Any] = {}

    @property
    def session(self) -> boto3.Session:
        """The lab's session, whose clients are heard."""
        session = super().session
        session.events.register("provide-client-params", self.trace.asked, "ecs_lab.asked")
        session.events.register("after-call", self.trace.answered, "ecs_lab.answered")
        return session

    def client(self, service: str, **settings: Any) -> Any:
        """A boto3 client of this lab; without settings the one that was made before, because to
        make one takes longer than most calls.
        """
        if settings:
            return super().client(service, **settings)
        key = self.session, service
        if key not in self._clients:
            self._clients[key] = super().client(service)
        return self._clients[key]

    def wait(self, seconds: float) -> None:
        """Let `seconds` of virtual time pass, as a step of the trace."""
        super().wait(seconds)
        self.trace.add(f"lab.wait({seconds:g})")

    def settle(self, limit_s: float = 3600.0) -> float:
        """Let time pass until nothing is pending, as a step of the trace."""
        seconds = super().settle(limit_s)
        self.trace.add("lab.settle()", f"{seconds:.0f} s passed")
        return seconds

    @property
    def http(self) -> Http:
        """HTTP requests, each a step of the trace."""
        return Http(self._heard)

    def diagram(self, title: str | None = None) -> Picture:
        """A picture of what is in the lab now; the reader of the proof sees it."""
        picture = diagram.draw(self.snapshot(), title=title)
        self.trace.pictures.append(picture)
        return picture

    def _heard(self) -> Any:
        return _HeardWorld(self.world, self.trace)

    def _cause(self, what: str, details: dict[str, Any]) -> list[str]:
        words = ", ".join(f"{name}={value!r}" for name, value in details.items())
        step = self.trace.add(f"lab: {what} ({words})")
        found = super()._cause(what, details)
        step.answer = shortened(", ".join(map(str, found or [])))
        return found


class _HeardWorld:
    """A world whose HTTP requests are noted."""

    def __init__(self, world: World, trace: Trace) -> None:
        self._world, self._trace = world, trace

    def send(self, source: Any, method: str, url: str, headers: Any, body: bytes) -> Any:
        """Send a request as the world does, and note it with its answer."""
        step = self._trace.add(f"lab.http: {method} {url}", "no answer")
        answer = self._world.send(source, method, url, headers, body)
        step.answer = shortened(f"{answer[0]} {bytes(answer[2])[:80].decode('utf-8', 'replace')}")
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


def telling(value: Any) -> Any:
    """The part of an answer that tells something, or None."""
    if isinstance(value, list):
        parts = [part for each in value if (part := telling(each)) is not None]
        return parts or None
    if isinstance(value, dict):
        return dict(_telling_items(value)) or None
    return None


def _telling_items(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, dict | list):
            if (part := telling(inner)) is not None:
                yield key, part
        elif key in TELLING:
            yield key, inner


def shortened(text: str) -> str:
    """A text of at most `WIDTH` characters, on one line, ARNs without what they all begin with."""
    line = " ".join(_ARN_START.sub("", text).split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 4]} ..."
