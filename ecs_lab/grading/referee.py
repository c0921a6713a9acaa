"""The referee: holds the labs of one notebook, answers what is asked of them, forms the verdict.

What it is asked comes from a process that the learner's code controls. So every question is one of
a fixed list, its arguments are checked, and how many may be asked is bounded.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecs_lab.grading.frames import Message
from ecs_lab.grading.limits import Limits
from ecs_lab.grading.patience import TooLongError, at_most
from ecs_lab.grading.verdicts import Verdicts

if TYPE_CHECKING:
    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.exercises.report import Report
    from ecs_lab.worlds import World

PASSED_ON = ("KeyError", "LookupError", "TypeError", "UnreachableError", "ValueError")
"""Errors of a world that mean a wrong call, and reach the learner as they are."""


_SERVICES = (
    "application-autoscaling|autoscaling|codedeploy|ec2|ecr|ecs|elasticfilesystem"
    "|elasticloadbalancing|events|iam|kms|logs|monitoring|s3files|scheduler|secretsmanager"
    "|servicediscovery|sqs|ssm|sts"
)
_BUCKET = r"[a-z0-9][a-z0-9.-]{2,62}"
_SIMULATED = re.compile(
    rf"https://((api\.)?({_SERVICES})|({_BUCKET}\.)?s3)(\.[a-z]{{2}}(-[a-z]+)+-\d)?"
    r"\.(amazonaws\.com|api\.aws)([/?].*)?",
    re.DOTALL,
)
"""Where a notebook may send requests. moto has more behind it that reaches out of a simulation: its
own control (reset, recording to a file), Lambda in Docker, HTTP subscriptions of SNS."""


class RefusedError(Exception):
    """A question that is not answered; the text tells the learner why."""


@dataclass
class _Account:
    """One world, whether the notebook asked AWS anything in it yet, and whether it is given up."""

    world: World
    used: bool = False
    lost: bool = False


class Referee:
    """The labs of one notebook and the verdicts on its exercises."""

    def __init__(self, exercises: Iterable[Exercise], limits: Limits) -> None:
        self.labs_opened = 0
        self.aws_calls = 0
        self.notes: list[str] = []
        self._limits = limits
        self._verdicts = Verdicts(exercises, limits.lab_s)
        self._accounts: list[_Account] = []
        self._asked = {"calls": 0, "checks": 0}
        self._virtual_s = 0.0

    def answer(self, message: Message) -> Message:
        """The answer to one message of the child: `{"answer": …}` or `{"error": …}`."""
        number = message.get("number")
        try:
            self._count("calls", self._limits.calls)
            return {"number": number, "answer": self._dispatch(message)}
        except RefusedError as refused:
            return _error(number, "RuntimeError", str(refused))
        except Exception as error:  # a fault in one lab must not stop the grader
            name = type(error).__name__
            if name in PASSED_ON:
                return _error(number, name, str(error.args[0] if error.args else error))
            self._note(f"The lab itself failed ({name}: {error}): please report it.")
            return _error(number, "RuntimeError", f"The lab itself failed: {name}: {error}")

    def verdicts(self) -> dict[str, Report]:
        """Per exercise the best of each check that the notebook asked for and what it built."""
        until = time.monotonic() + self._limits.notebook_s
        for account in reversed(self._accounts):  # learners go on from what went wrong
            if time.monotonic() >= until:
                self._note("Checking its labs took too long; the oldest were left out.")
                break
            self._consider(account)
            account.world.close()
        return self._verdicts.final()

    def _dispatch(self, message: Message) -> Any:
        match message.get("ask"):
            case "new":
                return self._new(message)
            case "reset":
                return self._reset(message)
        account = self._account(message)
        if account.lost:
            raise RefusedError(f"{self._gave_up} Start afresh with lab.reset() or a new Lab().")
        if message.get("ask") == "check":
            return self._check(account, message)
        try:
            with at_most(self._limits.lab_s):
                return self._ask(account, message)
        except TooLongError:
            # It was stopped half-way: what stands in it now is no state of an account.
            account.lost = True
            self._note(self._gave_up)
            raise RefusedError(self._gave_up) from None

    def _ask(self, account: _Account, message: Message) -> Any:
        match message.get("ask"):
            case "handle":
                return self._handle(account, message)
            case "send":
                return self._send(account, message)
            case "rush":
                return self._rush(account, message)
            case "advance":
                return self._advance(account, message)
            case "settle":
                return self._settle(account, message)
            case "next_happening_s":
                return account.world.next_happening_s(self._seconds(message, "limit_s"))
            case "now" | "snapshot" | "timeline" | "facts" | "last_denial" as question:
                return getattr(account.world, question)()
            case "begin":
                return self._verdicts.build(_text(message, "exercise"), account.world)
            case "cause":
                return self._cause(account, message)
            case "act_as":
                return account.world.act_as(_text(message, "name"))
            case "agent_log":
                return account.world.agent_log(_text(message, "instance_id"))
            case "container_logs":
                name = _text(message, "container") or None
                return account.world.container_logs(_text(message, "task"), name)
            case "run_in_container":
                asked = ("task", "container", "command", "session_id")
                return account.world.run_in_container(*(_text(message, each) for each in asked))
        raise RefusedError("A graded notebook cannot ask this of its lab.")

    def _new(self, message: Message) -> int:
        from ecs_lab.lab import new_world

        self._count_lab()
        return self._add(new_world(_integer(message, "seed"), _text(message, "region")))

    def _handle(self, account: _Account, message: Message) -> list[Any]:
        url, headers, body = _text(message, "url"), _headers(message), _body(message)
        if not _SIMULATED.fullmatch(url):
            raise RefusedError(f"A graded notebook cannot send a request to {url[:100]}.")
        self.aws_calls += 1
        account.used = True
        status, answered, content = account.world.handle(
            _text(message, "method"),
            url,
            headers,
            body,
            quiet=message.get("quiet") is True,
        )
        encoded = base64.b64encode(content).decode("ascii")
        return [status, {str(name): str(value) for name, value in answered.items()}, encoded]

    def _send(self, account: _Account, message: Message) -> list[Any]:
        method, url = _text(message, "method"), _text(message, "url")
        status, answered, content, took_s, hops = account.world.send(
            _source(message), method, url, _headers(message), _body(message)
        )
        self._virtual_s += took_s
        return [status, answered, base64.b64encode(content).decode("ascii"), took_s, hops]

    def _rush(self, account: _Account, message: Message) -> list[Any]:
        lasts_s, offsets_s = self._seconds(message, "lasts_s"), message.get("offsets_s")
        if not isinstance(offsets_s, list):
            raise TypeError("The moments of the requests are a list of numbers.")
        moments_s = [min(lasts_s, max(0.0, float(each))) for each in offsets_s]
        method, url = _text(message, "method"), _text(message, "url")
        request = method, url, _headers(message), _body(message)
        rows = account.world.rush(_source(message), request, sorted(moments_s), lasts_s)
        self._virtual_s += lasts_s
        return rows

    def _advance(self, account: _Account, message: Message) -> None:
        seconds = self._seconds(message, "seconds")
        account.world.advance(seconds)
        self._virtual_s += seconds

    def _settle(self, account: _Account, message: Message) -> float:
        moved_s: float = account.world.settle(self._seconds(message, "limit_s"))
        self._virtual_s += moved_s
        return moved_s

    def _cause(self, account: _Account, message: Message) -> list[str]:
        details = message.get("details")
        if not isinstance(details, dict):
            raise RefusedError("What the lab is to let happen has no details.")
        try:
            return account.world.cause(_text(message, "event"), details)
        except (LookupError, TypeError, ValueError) as error:
            raise RefusedError(str(error)) from None

    def _reset(self, message: Message) -> None:
        account = self._account(message)
        self._count_lab()
        self._consider(account)
        account.world.reset()
        account.used = account.lost = False

    def _check(self, account: _Account, message: Message) -> dict[str, Any]:
        self._count("checks", self._limits.checks)
        exercise_id = _text(message, "exercise")
        # What an account passes that nobody used is nobody's work.
        return self._verdicts.check(exercise_id, account.world, counts=account.used).to_json()

    def _consider(self, account: _Account) -> None:
        if account.used and not account.lost:
            self._verdicts.consider(account.world)

    def _account(self, message: Message) -> _Account:
        number = message.get("world")
        if not isinstance(number, int) or not 0 <= number < len(self._accounts):
            raise RefusedError("There is no such lab.")
        return self._accounts[number]

    def _add(self, world: World) -> int:
        self._accounts.append(_Account(world))
        return len(self._accounts) - 1

    def _seconds(self, message: Message, name: str) -> float:
        value = message.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"Seconds are a number, not {str(value)[:40]!r}.")
        if not abs(value) <= self._limits.advance_s:  # also refuses nan
            raise RefusedError(
                f"One wait can be {self._limits.advance_s:,.0f} virtual seconds at most "
                "in a graded notebook."
            )
        if self._virtual_s + value > self._limits.virtual_s:
            raise RefusedError(
                f"All waits of a graded notebook together can be {self._limits.virtual_s:,.0f} "
                "virtual seconds at most."
            )
        return float(value)

    @property
    def _gave_up(self) -> str:
        return f"A lab did more than can be simulated in {self._limits.lab_s:g} s and was given up."

    def _count_lab(self) -> None:
        if self.labs_opened >= self._limits.labs:
            self._refuse(f"A graded notebook can open {self._limits.labs} labs (or reset them).")
        self.labs_opened += 1

    def _count(self, what: str, most: int) -> None:
        if self._asked[what] >= most:
            self._refuse(f"A graded notebook can make {most:,} {what} of its labs.")
        self._asked[what] += 1

    def _refuse(self, why: str) -> None:
        self._note(f"{why} It asked for more, and was refused them.")
        raise RefusedError(f"{why} This is one more.")

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _error(number: Any, name: str, text: str) -> Message:
    return {"number": number, "error": {"name": name, "text": text[:2000]}}


def _text(message: Message, name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str):
        raise TypeError(f"{name} is text, not {str(value)[:40]!r}.")
    return value


def _source(message: Message) -> dict[str, Any]:
    source = message.get("source")
    if not isinstance(source, dict):
        raise RefusedError("The source of an HTTP request is missing.")
    return source


def _headers(message: Message) -> dict[str, str]:
    headers = message.get("headers")
    if not isinstance(headers, dict):
        raise RefusedError("The headers of a request are missing.")
    return {str(name): str(value) for name, value in headers.items()}


def _body(message: Message) -> bytes:
    try:
        return base64.b64decode(_text(message, "body"), validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError("The body of a request is damaged.") from None


def _integer(message: Message, name: str) -> int:
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is a whole number, not {str(value)[:40]!r}.")
    return value
