"""The referee: holds the labs of one notebook, answers what is asked of them, forms the verdict.

What it is asked comes from a process that the learner's code controls. So every question is one of
a fixed list, its arguments are checked, and how many may be asked is bounded.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecs_lab.exercises.report import Report, Result
from ecs_lab.exercises.run import run
from ecs_lab.grading.frames import Message
from ecs_lab.grading.limits import Limits

if TYPE_CHECKING:
    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.lab import World

PASSED_ON = ("KeyError", "LookupError", "TypeError", "ValueError")
"""Errors of a world that mean a wrong call, and reach the learner as they are."""


_SERVICES = (
    "application-autoscaling|autoscaling|ec2|ecr|ecs|elasticfilesystem|elasticloadbalancing|iam|kms"
    "|logs|monitoring|secretsmanager|servicediscovery|ssm|sts"
)
_SIMULATED = re.compile(
    rf"https://(api\.)?({_SERVICES})(\.[a-z]{{2}}(-[a-z]+)+-\d)?\.(amazonaws\.com|api\.aws)([/?].*)?",
    re.DOTALL,
)
"""Where a notebook may send requests. moto has more behind it that reaches out of a simulation: its
own control (reset, recording to a file), Lambda in Docker, HTTP subscriptions of SNS."""


class RefusedError(Exception):
    """A question that is not answered; the text tells the learner why."""


@dataclass
class _Account:
    """One world, and whether the notebook built anything in it yet."""

    world: World
    used: bool = False


class Referee:
    """The labs of one notebook and the verdicts on its exercises."""

    def __init__(self, exercises: Iterable[Exercise], limits: Limits) -> None:
        self.exercises = {exercise.id: exercise for exercise in exercises}
        self.labs_opened = 0
        self.aws_calls = 0
        self.notes: list[str] = []
        self._limits = limits
        self._accounts: list[_Account] = []
        self._best: dict[str, Report] = {}
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
        for account in self._accounts:
            self._grade(account)
        return {
            exercise.id: self._best.get(exercise.id) or _nothing_built(exercise)
            for exercise in self.exercises.values()
        }

    def _dispatch(self, message: Message) -> Any:  # one line a question
        match message.get("ask"):
            case "new":
                return self._new(message)
            case "handle":
                return self._handle(message)
            case "advance":
                return self._advance(message)
            case "settle":
                return self._settle(message)
            case "reset":
                return self._reset(message)
            case "check":
                return self._check(message)
            case "now" | "snapshot" | "timeline" | "facts" as question:
                return getattr(self._account(message).world, question)()
            case "agent_log":
                return self._account(message).world.agent_log(_text(message, "instance_id"))
        raise RefusedError("A graded notebook cannot ask this of its lab.")

    def _new(self, message: Message) -> int:
        from ecs_lab.lab import new_world

        self._count_lab()
        return self._add(new_world(_integer(message, "seed"), _text(message, "region")))

    def _handle(self, message: Message) -> list[Any]:
        account = self._account(message)
        headers, url = message.get("headers"), _text(message, "url")
        if not isinstance(headers, dict):
            raise RefusedError("The headers of an AWS request are missing.")
        try:
            body = base64.b64decode(_text(message, "body"), validate=True)
        except (binascii.Error, ValueError):
            raise RefusedError("The body of an AWS request is damaged.") from None
        if not _SIMULATED.fullmatch(url):
            raise RefusedError(f"A graded notebook cannot send a request to {url[:100]}.")
        self.aws_calls += 1
        account.used = True
        status, answered, content = account.world.handle(
            _text(message, "method"),
            url,
            {str(name): str(value) for name, value in headers.items()},
            body,
            quiet=message.get("quiet") is True,
        )
        encoded = base64.b64encode(content).decode("ascii")
        return [status, {str(name): str(value) for name, value in answered.items()}, encoded]

    def _advance(self, message: Message) -> None:
        world, seconds = self._account(message).world, self._seconds(message, "seconds")
        world.advance(seconds)
        self._virtual_s += seconds

    def _settle(self, message: Message) -> float:
        world, limit_s = self._account(message).world, self._seconds(message, "limit_s")
        moved_s: float = world.settle(limit_s)
        self._virtual_s += moved_s
        return moved_s

    def _reset(self, message: Message) -> None:
        account = self._account(message)
        self._count_lab()
        self._grade(account)
        account.world.reset()
        account.used = False

    def _check(self, message: Message) -> dict[str, Any]:
        account = self._account(message)
        exercise_id = _text(message, "exercise")
        exercise = self.exercises.get(exercise_id)
        if exercise is None:
            return self._not_graded(exercise_id).to_json()
        self._count("checks", self._limits.checks)
        return self._judge(exercise, account).to_json()

    def _not_graded(self, exercise_id: str) -> Report:
        """Shown for an exercise of another notebook; its course file is not even read."""
        why = f"It is graded on: {', '.join(self.exercises) or 'nothing'}."
        result = Result("graded", "Graded in this notebook", "not reached", 0, 0, why=why)
        return Report(exercise_id, "Not graded in this notebook", (result,))

    def _grade(self, account: _Account) -> None:
        """Let what stands in an account now count for the exercises it could still improve."""
        for exercise in self.exercises.values():
            best = self._best.get(exercise.id)
            if account.used and not (best and best.passed):
                self._judge(exercise, account)

    def _judge(self, exercise: Exercise, account: _Account) -> Report:
        from ecs_lab.lab import Lab

        with Lab(world=account.world) as lab:
            report = run(exercise, lab)  # each check on a copy of its own
        best = self._best.get(exercise.id)
        # Of equals the latest, as it stands now. What an empty account passes is nobody's work.
        if account.used and (best is None or report.points >= best.points):
            self._best[exercise.id] = report
        return report

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


def _nothing_built(exercise: Exercise) -> Report:
    """The verdict where the notebook asked nothing of any lab."""
    results = (
        Result(
            check.id, check.title, "missed", 0, check.points,
            expected=check.title,
            found="The notebook built nothing: no AWS call of it reached a lab.",
            why="Open a lab with Lab() and make the calls with its clients.",
        )
        for check in exercise.checks
    )  # fmt: skip
    return Report(exercise.id, exercise.title, tuple(results))


def _error(number: Any, name: str, text: str) -> Message:
    return {"number": number, "error": {"name": name, "text": text[:2000]}}


def _text(message: Message, name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str):
        raise TypeError(f"{name} is text, not {str(value)[:40]!r}.")
    return value


def _integer(message: Message, name: str) -> int:
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is a whole number, not {str(value)[:40]!r}.")
    return value
