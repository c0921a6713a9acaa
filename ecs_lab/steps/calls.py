"""The calls to AWS that a step makes, with each request and answer in full."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

MOST_CHARACTERS = 4000
"""What is shown of a request or an answer; the rest is counted."""

_EVENTS = {"provide-client-params": "asked", "after-call": "answered"}


@dataclass(slots=True)
class Call:
    """One call: which service, which operation, what was asked and what came back, as JSON."""

    service: str
    operation: str
    request: str
    answer: str = "No answer: the call was not sent."
    refused: str = ""


class Listener:
    """Hears the calls of a lab's own clients for as long as it is entered.

    Clients keep what their session had registered when they were made, so the same listener has to
    stay with a lab for them to be heard again. Calls as somebody else (`lab.acting_as`) come from
    other sessions and are not heard.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.calls: list[Call] = []
        self._listening = False

    def __enter__(self) -> Self:
        self.calls, self._listening = [], True
        self._events = self._lab.session.events
        for event, method in _EVENTS.items():
            self._events.register(event, getattr(self, method), f"ecs_lab.steps.{id(self)}.{event}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._listening = False
        for event in _EVENTS:
            self._events.unregister(event, unique_id=f"ecs_lab.steps.{id(self)}.{event}")

    def asked(self, params: Any, model: Any, context: Any, **_: Any) -> None:
        """botocore is about to make a call."""
        if self._listening:
            call = Call(model.service_model.service_name, model.name, as_json(params))
            self.calls.append(call)
            context["ecs_lab_call"] = call

    def answered(self, parsed: Any, context: Any, **_: Any) -> None:
        """botocore has read the answer to a call."""
        call = context.get("ecs_lab_call") if self._listening else None
        if call is not None:
            told = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
            call.answer = as_json(told)
            call.refused = str(parsed.get("Error", {}).get("Code", ""))


def as_json(value: Any) -> str:
    """A request or an answer as JSON, cut where it is long."""
    return shortened(json.dumps(value, indent=2, default=_text), MOST_CHARACTERS)


def shortened(text: str, most: int) -> str:
    """The first `most` characters of a text, and how many more there are."""
    if len(text) <= most:
        return text
    return f"{text[:most]}\n... and {len(text) - most:,} characters more"


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
