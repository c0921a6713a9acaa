"""Runs the steps of a deployment in a lab, one by one, and takes them back.

    player = Player(lab, shelf.load("fargate-alb"))
    player.run()        # the next step; player.failure says why when it did not work
    player.back()       # everything is as it was before it

Before each step the account is copied (`Lab.copy_of_world`), and the variables as well: going back
puts both in place again. What a step that fails has done is taken back at once.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import pprint
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ecs_lab.diagram import Picture, draw
from ecs_lab.lab import Lab, local_world
from ecs_lab.steps import shelf
from ecs_lab.steps.calls import Call, Listener, shortened
from ecs_lab.steps.failure import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ecs_lab.steps.script import Script
    from ecs_lab.worlds import World

MOST_CHARACTERS = 3000
"""What is shown of what a step printed, or of its last value."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did: its code, what it printed, its calls, and the picture after it."""

    code: str
    output: str
    calls: tuple[Call, ...]
    began: datetime
    ended: datetime
    picture: Picture

    @property
    def seconds(self) -> float:
        """How long it took in the lab."""
        return (self.ended - self.began).total_seconds()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step did not work, what it had printed and called until then, and whether all of that
    was taken back.
    """

    sentence: str
    output: str
    calls: tuple[Call, ...]
    taken_back: bool

    def __str__(self) -> str:
        after = (
            "The lab is as it was before this step."
            if self.taken_back
            else "What it did before that stays: a lab in another process cannot go back."
        )
        return f"{self.sentence} {after} Change the code and run it again."


@dataclass(slots=True)
class _Mark:
    """What there was before a step: the account, and the variables."""

    world: World | None
    names: dict[str, Any]


@dataclass(slots=True)
class Player:
    """The steps of a script in a lab: what was done so far, and what is next.

    `codes` are the codes of the steps, which may be changed. The steps have variables of their
    own (`names`), with the lab under `lab`.
    """

    lab: Lab
    script: Script
    codes: list[str] = field(init=False)
    names: dict[str, Any] = field(init=False, default_factory=dict)
    done: list[Done] = field(init=False, default_factory=list)
    failure: Failure | None = field(init=False, default=None)
    start: Picture = field(init=False)
    _marks: list[_Mark] = field(init=False, default_factory=list)
    _listener: Listener = field(init=False)

    def __post_init__(self) -> None:
        self.codes = [step.code for step in self.script.steps]
        self.start = draw(self.lab.snapshot())
        self._listener = Listener(self.lab)

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return len(self.done) == len(self.codes)

    @property
    def can_go_back(self) -> bool:
        """Whether this lab's account can be copied, and so put back."""
        return hasattr(self.lab.world, "copy")

    @property
    def picture(self) -> Picture:
        """The picture after the last step that was done."""
        return self.done[-1].picture if self.done else self.start

    def run(self) -> bool:
        """Run the next step; whether it worked. There has to be one."""
        number, mark = len(self.done), self._mark()
        code, began, before = self.codes[number], self.lab.now, self.lab.snapshot()
        label = f"<step {number + 1}>"
        printed = io.StringIO()
        try:
            with self._listener as heard, contextlib.redirect_stdout(printed):
                if number == 0:
                    self.names.clear()
                    self.names.update(__name__="__main__", lab=self.lab)
                    execute(_without_lab(self.script.before), label, self.names)
                value = execute(ast.parse(code, label), label, self.names)
            picture = draw(self.lab.snapshot(), previous=before)
        except (Exception, KeyboardInterrupt, SystemExit) as error:  # it is told in the step
            sentence = told(error, label, _own(self.names))
            self._put_back(mark)
            output = shortened(printed.getvalue(), MOST_CHARACTERS)
            calls = tuple(self._listener.calls)
            self.failure = Failure(sentence, output, calls, mark.world is not None)
            return False
        said = "\n".join(filter(None, (printed.getvalue().rstrip(), _shown(value))))
        output = shortened(said, MOST_CHARACTERS)
        ended = self.lab.now
        self.done.append(Done(code, output, tuple(heard.calls), began, ended, picture))
        self._marks.append(mark)
        self.failure = None
        return True

    def back(self) -> None:
        """Take the last step back. There has to be one, in a lab that can go back."""
        self._back_to(len(self.done) - 1)

    def reset(self) -> None:
        """Take all steps back. There has to be one, in a lab that can go back."""
        self._back_to(0)

    def others_since(self, number: int) -> bool:
        """Whether going back to before a step (0 is the first) would also undo what was done
        outside of the steps: the lab's time has gone on between them, or after the last one.
        """
        after = [*(each.began for each in self.done[number + 1 :]), self.lab.now]
        ends = [each.ended for each in self.done[number:]]
        return ends != after

    def _back_to(self, number: int) -> None:
        mark = self._marks[number]
        self._put_back(mark)
        del self._marks[number:], self.done[number:]
        self.failure = None

    def _mark(self) -> _Mark:
        world = self.lab.copy_of_world() if self.can_go_back else None
        return _Mark(world, _kept(self.names))

    def _put_back(self, mark: _Mark) -> None:
        """Put account and variables in place; the functions of steps go on finding these."""
        if mark.world is not None:
            self.lab.go_back(mark.world)
        self.names.clear()
        self.names.update(mark.names)


def execute(tree: ast.Module, label: str, names: dict[str, Any]) -> Any:
    """Run code as a cell is run: gives the value of a last line that is an expression, or None."""
    *body, last = tree.body or [ast.Pass()]
    if not isinstance(last, ast.Expr):
        body.append(last)
    exec(_compiled(ast.Module(body, []), label, "exec"), names)  # noqa: S102 - that is what steps are
    if isinstance(last, ast.Expr):
        return eval(_compiled(ast.Expression(last.value), label, "eval"), names)  # noqa: S307 - as above
    return None


def _compiled(tree: ast.Module | ast.Expression, label: str, mode: str) -> Any:
    return compile(ast.fix_missing_locations(tree), label, mode, dont_inherit=True)


def _without_lab(before: str) -> ast.Module:
    """What stands before the first step, without `lab = Lab()`: there is a lab already."""
    tree = ast.parse(before)
    tree.body = [each for each in tree.body if not _makes_lab(each)]
    return tree


def _makes_lab(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Assign) else None
    return isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] == "Lab"


def _own(names: dict[str, Any]) -> Iterator[str]:
    return (name for name in names if not name.startswith("_"))


def _kept(names: dict[str, Any]) -> dict[str, Any]:
    """The variables as they are now: collections are copied, all else stays the same thing."""
    plain = {k: v for k, v in names.items() if isinstance(v, dict | list | set)}
    plain.pop("__builtins__", None)
    try:
        return {**names, **copy.deepcopy(plain)}
    except Exception:  # a collection of what cannot be copied, such as clients
        return dict(names)


def _shown(value: Any) -> str:
    """The value of a step's last line, as a cell would show it; pictures and answers of AWS are
    shown anyway.
    """
    answer = isinstance(value, dict) and "ResponseMetadata" in value
    if value is None or answer or hasattr(value, "graph"):
        return ""
    return pprint.pformat(value, width=96, sort_dicts=False)


@lru_cache(maxsize=16)
def preview(name: str) -> tuple[Done, ...]:
    """What a deployment of the package does in a new lab, for places where nothing can be run."""
    with Lab(world=local_world(0, "us-east-1")) as lab:
        player = Player(lab, shelf.load(name))
        while not player.finished:
            if not player.run():
                raise RuntimeError(f"{name}, step {len(player.done) + 1}: {player.failure}")
        return tuple(player.done)
