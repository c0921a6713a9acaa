"""Runs a shell script step by step: it can stop at each sleep and go on when time has passed.

What is still to be done is a stack of plain values, so that a lab with a script that sleeps can be
copied.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import Any

from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.shell import parsing
from ecs_lab.runtime.shell.expansion import expand, expand_one
from ecs_lab.runtime.shell.streams import Caught, Streams
from ecs_lab.runtime.shell.words import Word

MOST_STEPS = 20_000
"""How many commands a script may run without a sleep before it is taken for one that never ends."""


class Unknown(Exception):  # noqa: N818 - not an error: a program that the lab does not know
    """The script runs a program that the shell does not have."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(" ".join(words))
        self.words = words


class Exit(Exception):  # noqa: N818 - `exit` is no error
    """The script ends with an exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class NeverEndsError(Exception):
    """The script has run too many commands without a pause."""


@dataclass(slots=True)
class Shell:
    """A shell in a container: its variables, its last exit code, and what is still to be done.

    A program that the shell does not have ends with the code `unknown`, or without raises Unknown.
    """

    inside: Inside
    variables: dict[str, str] = field(default_factory=dict)
    code: int = 0
    folder: str = ""
    arguments: list[str] = field(default_factory=lambda: ["sh"])
    stack: list[tuple[Any, ...]] = field(default_factory=list)
    streams: Streams = field(default_factory=Streams.of_container)
    unknown: int | None = None
    steps: int = 0

    def begin(self, script: str) -> None:
        """Take a script to run; raises ShellSyntaxError."""
        self.stack = [("sequence", parsing.parse(script).commands, 0)]

    def go_on(self, *, pausing: bool = True) -> float | None:
        """Run until a sleep (gives the seconds that it lasts) or to the end (gives None).

        Not `pausing` means: run to the end, sleeps add up in `inside.slept_s`. Raises Unknown for
        a program that the shell does not have, and NeverEndsError.
        """
        self.steps = 0
        while self.stack:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise NeverEndsError
            slept_s = self.inside.slept_s
            try:
                self._step()
            except Exit as ended:
                self.code, self.stack = ended.code, []
            if pausing and self.inside.slept_s > slept_s and self.stack:
                return self.inside.slept_s - slept_s
        return None

    @property
    def looping(self) -> bool:
        """Whether what is being done is in a `while` or `until`, which may go on for ever."""
        return any(each[0] in ("while", "body") for each in self.stack)

    def _step(self) -> None:
        kind, *rest = self.stack.pop()
        getattr(self, f"_{kind}")(*rest)

    def _words(self, words: list[str]) -> None:
        self.code = self.run(words, self.streams, {})

    def _sequence(self, commands: tuple[Any, ...], at: int) -> None:
        if at < len(commands):
            self.stack += [("sequence", commands, at + 1), ("command", commands[at])]

    def _command(self, command: Any) -> None:
        match command:
            case parsing.Simple():
                self.code = self._simple(command)
            case parsing.Pipeline():
                self.code = self._pipeline(command)
            case parsing.AndOr(parts):
                self.stack += [("joined", parts, 1), ("command", parts[0][1])]
            case parsing.Sequence(commands, subshell):
                if subshell:
                    self.stack.append(("restore", dict(self.variables), self.folder))
                self.stack.append(("sequence", commands, 0))
            case parsing.While(condition, body, until):
                self.stack.append(("while", condition, body, until))
            case parsing.For(name, words, body):
                self.stack.append(("for", name, expand(self, words), body))
            case parsing.If(branches, otherwise):
                self.stack.append(("if", branches, otherwise, 0))
            case parsing.Redirected(inner, redirections):
                self.stack += [("streams", self.streams), ("command", inner)]
                self.streams = self.streams.redirected(self, redirections)

    def _joined(self, parts: tuple[tuple[str, Any], ...], at: int) -> None:
        if at >= len(parts):
            return
        operator, command = parts[at]
        self.stack.append(("joined", parts, at + 1))
        if (operator == "&&") == (self.code == 0):
            self.stack.append(("command", command))

    def _while(self, condition: Any, body: Any, until: bool) -> None:
        self.stack += [("body", condition, body, until), ("command", condition)]

    def _body(self, condition: Any, body: Any, until: bool) -> None:
        if (self.code == 0) != until:
            self.stack += [("while", condition, body, until), ("command", body)]
        else:
            self.code = 0

    def _for(self, name: str, values: list[str], body: Any) -> None:
        if values:
            self.variables[name] = values[0]
            self.stack += [("for", name, values[1:], body), ("command", body)]

    def _if(self, branches: tuple[Any, ...], otherwise: Any, at: int) -> None:
        if at < len(branches):
            self.stack += [("then", branches, otherwise, at), ("command", branches[at][0])]
        elif otherwise is not None:
            self.stack.append(("command", otherwise))
        else:
            self.code = 0

    def _then(self, branches: tuple[Any, ...], otherwise: Any, at: int) -> None:
        if self.code == 0:
            self.stack.append(("command", branches[at][1]))
        else:
            self.stack.append(("if", branches, otherwise, at + 1))

    def _restore(self, variables: dict[str, str], folder: str) -> None:
        self.variables, self.folder = variables, folder

    def _streams(self, streams: Streams) -> None:
        self.streams = streams

    def leave_loop(self, *, again: bool) -> None:
        """`break` (or `continue`): give up what the innermost loop still has to do."""
        while self.stack:
            kind = self.stack[-1][0]
            if kind in ("while", "for"):
                if not again:
                    self.stack.pop()
                return
            if kind in ("streams", "restore"):
                self._step()
            else:
                self.stack.pop()

    def _simple(self, command: parsing.Simple) -> int:
        try:
            streams = self.streams.redirected(self, command.redirections)
        except OSError as error:
            self.streams.err.write(self.inside, f"sh: {error.filename}: {error.strerror}\n")
            return 1
        assigned, rest = self._assignments(command.words)
        words = expand(self, rest)
        if not words:
            self._assign(assigned)
            return 0
        return self.run(words, streams, assigned)

    def _assign(self, assigned: dict[str, str]) -> None:
        """Set variables; those of the environment stay there."""
        for name, value in assigned.items():
            environment = self.inside.environment
            (environment if name in environment else self.variables)[name] = value

    def _assignments(self, words: tuple[Word, ...]) -> tuple[dict[str, str], tuple[Word, ...]]:
        """The NAME=value words before a command, and the rest."""
        assigned: dict[str, str] = {}
        for index, word in enumerate(words):
            found = parsing.assignment(word)
            if found is None:
                return assigned, words[index:]
            assigned[found[0]] = expand_one(self, found[1])
        return assigned, ()

    def value(self, name: str) -> str | None:
        """The value of a variable, of the shell or of the container's environment."""
        if name == "?":
            return str(self.code)
        if name == "#":
            return str(len(self.arguments) - 1)
        if name == "$":
            return "1"
        if name in ("*", "@"):
            return " ".join(self.arguments[1:])
        if name.isdigit():
            return self.arguments[int(name)] if int(name) < len(self.arguments) else None
        found = self.variables.get(name)
        return self.inside.environment.get(name) if found is None else found

    def path(self, name: str) -> str:
        """A path as the shell's current folder has it."""
        return posixpath.join(self.folder or self.inside.files.folder, name)

    def run(self, words: list[str], streams: Streams, assigned: dict[str, str]) -> int:
        """Run one command that is all words; gives its exit code."""
        from ecs_lab.runtime.shell.commands import COMMANDS

        name = words[0].rpartition("/")[2]
        command = COMMANDS.get(name)
        if command is None:
            if self.unknown is None:
                raise Unknown(words)
            streams.err.write(self.inside, f"sh: {words[0]}: not found\n")
            return self.unknown
        before = self.variables
        self.variables = before | assigned
        try:
            return command(self, words[1:], streams)
        except OSError as error:
            about = f"{error.filename}: " if error.filename else ""
            streams.err.write(self.inside, f"{name}: {about}{error.strerror or error}\n")
            return 1
        finally:
            if assigned:
                self.variables = before

    def _pipeline(self, pipeline: parsing.Pipeline) -> int:
        data = self.streams.data
        for command in pipeline.commands[:-1]:
            caught = Caught()
            self._nested(command, Streams(data, caught, self.streams.err))
            data = caught.text
        self._nested(pipeline.commands[-1], replace(self.streams, data=data))
        return int(self.code == 0) if pipeline.negated else self.code

    def _nested(self, command: Any, streams: Streams) -> None:
        """Run a command to its end, with streams of its own."""
        stack, before = self.stack, self.streams
        self.stack, self.streams = [("command", command)], streams
        try:
            while self.stack:
                self.steps += 1
                if self.steps > MOST_STEPS:
                    raise NeverEndsError
                self._step()
        finally:
            self.stack, self.streams = stack, before

    def substitute(self, script: str) -> str:
        """What a script prints, without the newlines at its end."""
        caught, before = Caught(), dict(self.variables)
        try:
            self._nested(parsing.parse(script), Streams("", caught, self.streams.err))
        except Exit as ended:
            self.code = ended.code
        self.variables = before
        return caught.text.rstrip("\n")
