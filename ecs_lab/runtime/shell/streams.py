"""Where a command's input comes from and its output goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.shell.expansion import expand_one

if TYPE_CHECKING:
    from ecs_lab.runtime.shell.machine import Shell
    from ecs_lab.runtime.shell.parsing import Redirection

MOST_CHARACTERS = 1 << 20


class Sink(Protocol):
    """Takes what a command writes."""

    def write(self, inside: Inside, text: str) -> None:
        """Take a piece of text."""


@dataclass(slots=True)
class Log:
    """The container's output: whole lines go to its log driver."""

    begun: str = ""

    def write(self, inside: Inside, text: str) -> None:
        """Let whole lines go, and keep the last one that has no end yet."""
        *lines, self.begun = (self.begun + text).split("\n")
        for line in lines:
            inside.print(line)

    def flush(self, inside: Inside) -> None:
        """Let a line go that has no end."""
        if self.begun:
            self.write(inside, "\n")


@dataclass(slots=True)
class Caught:
    """What is kept for a pipe, a substitution, or whoever asked for the command."""

    text: str = ""

    def write(self, inside: Inside, text: str) -> None:
        """Keep it, up to a limit."""
        self.text = (self.text + text)[:MOST_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Written:
    """A file, to whose end is written."""

    path: str

    def write(self, inside: Inside, text: str) -> None:
        """Write to the file."""
        with inside.files.open(self.path, "a") as file:
            file.write(text)


@dataclass(frozen=True, slots=True)
class Nowhere:
    """/dev/null."""

    def write(self, inside: Inside, text: str) -> None:
        """Forget it."""


@dataclass(slots=True)
class Streams:
    """What a command reads, and where it writes."""

    data: str = ""
    out: Sink = field(default_factory=Log)
    err: Sink = field(default_factory=Nowhere)

    @classmethod
    def of_container(cls) -> Streams:
        """Both outputs are the container's."""
        log = Log()
        return cls("", log, log)

    def flush(self, inside: Inside) -> None:
        """Let a line go to the container's output that has no end."""
        for each in (self.out, self.err):
            if isinstance(each, Log):
                each.flush(inside)

    def redirected(self, shell: Shell, redirections: Iterable[Redirection]) -> Streams:
        """The same with `> file` and the like; raises OSError for a file that cannot be opened."""
        streams = replace(self)
        for each in redirections:
            target = expand_one(shell, each.target)
            if each.operator == "<":
                streams.data = shell.inside.files.read_text(shell.path(target))
                continue
            if each.operator in (">&", "<&"):
                sink = streams.err if target == "2" else streams.out
            else:
                sink = _opened(shell, target, append=each.operator == ">>")
            if each.stream == 2 or each.operator == "&>":
                streams.err = sink
            if each.stream != 2:
                streams.out = sink
        return streams


def _opened(shell: Shell, target: str, *, append: bool) -> Sink:
    if target == "/dev/null":
        return Nowhere()
    if target in ("/dev/stdout", "/proc/1/fd/1"):
        return shell.streams.out
    if target in ("/dev/stderr", "/proc/1/fd/2"):
        return shell.streams.err
    path = shell.path(target)
    shell.inside.files.open(path, "a" if append else "w").close()
    return Written(path)
