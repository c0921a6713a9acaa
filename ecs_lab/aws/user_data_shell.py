"""The part of a shell that user data needs: which files a script writes, without running anything.

`shlex` splits the words and takes the quotes off as a POSIX shell does; this module adds what is
around that: here documents, variables, pipes and redirections of `echo`, `printf`, `cat` and `tee`.
Whatever else touches `/etc/ecs` is not guessed at but reported (docs/adr/0030-user-data.md).
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from ecs_lab.runtime.shell.printing import echo, printf

AGENT_CONFIG_FILE = "/etc/ecs/ecs.config"
UNKNOWN_OUTPUT = "\uf8ff"  # stands for the output of a command that the lab does not run

_HERE = "\uf8fe"
_OPERATORS = "<>;&|()#\n`"
_HIDDEN = {ord(char): chr(0xE000 + ord(char)) for char in _OPERATORS + "$"}
_SHOWN = {ord(hidden): chr(char) for char, hidden in _HIDDEN.items()}
_HIDDEN_IN_DOUBLE_QUOTES = {ord(char): _HIDDEN[ord(char)] for char in _OPERATORS}
_SUBSTITUTION = re.compile(r"\$\((?:[^()]|\([^()]*\))*\)|`[^`]*`")
_QUOTED = re.compile(
    r"(?P<joined>\\\n)|(?P<escaped>\\.)|(?P<single>'[^']*')|(?P<double>\"(?:\\.|[^\"\\])*\")"
    rf"|(?P<run>{_SUBSTITUTION.pattern})|(?P<comment>(?<![^\s;&|()])#[^\n]*)",
    re.DOTALL,
)
_HEREDOC = re.compile(r"(?<!<)<<(?P<dash>-?)\s*(?P<quote>[\"'\\]?)(?P<end>\w+)[\"']?")
_ERROR_STREAM = re.compile(r"(?<!\S)(?:2>&1|[12]?>&2|(?:2|&)>>?\s*\S+)")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)
_OPENING = {"if", "for", "while", "until", "case", "select", "function", "{", "("}
_CLOSING = {"fi", "done", "esac", "}", ")"}
_HARMLESS = {
    "chmod",
    "chown",
    "grep",
    "less",
    "ls",
    "mkdir",
    "restart",
    "service",
    "start",
    "systemctl",
    "touch",
}


class Ignored(NamedTuple):
    """Something in user data that had no effect, why not, and what to write instead."""

    what: str
    why: str


@dataclass(slots=True)
class Disk:
    """The files that user data has written so far, and what of it was ignored."""

    files: dict[str, str] = field(default_factory=dict)
    ignored: list[Ignored] = field(default_factory=list)

    def write(self, path: str, text: str, *, append: bool) -> None:
        """Write `text` to a file, after what it holds when `append` is true."""
        path = posixpath.normpath(path)
        self.files[path] = (self.files.get(path, "") if append else "") + text

    def ignore(self, what: str, why: str) -> None:
        """Remember that `what` had no effect."""
        self.ignored.append(Ignored(_shown(what).strip(), why))


@dataclass(slots=True)
class _Command:
    """One command of a pipeline: its words, where its output goes, and what it reads."""

    words: list[str] = field(default_factory=list)
    outputs: list[tuple[str, bool]] = field(default_factory=list)  # path, append
    stdin: str | None = None

    def __str__(self) -> str:
        arrows = [f"{'>>' if append else '>'} {path}" for path, append in self.outputs]
        return " ".join([*self.words, *arrows])


class _ScriptEndedError(Exception):
    """The script said `exit`."""


def run_script(script: str, disk: Disk, variables: dict[str, str] | None = None) -> str:
    r"""Let a script write to `disk`; returns what it prints.

    >>> disk = Disk()
    >>> run_script("NAME=shop; echo ECS_CLUSTER=$NAME >> /etc/ecs/ecs.config", disk)
    ''
    >>> disk.files
    {'/etc/ecs/ecs.config': 'ECS_CLUSTER=shop\n'}
    """
    return _Shell(disk, {} if variables is None else variables).run(script.replace("\r\n", "\n"))


class _Shell:
    """The variables of one script and how deep in if, for, {} or () its current line is."""

    def __init__(self, disk: Disk, variables: dict[str, str]) -> None:
        self.disk = disk
        self.variables = variables
        self.here: list[tuple[str, bool]] = []  # text, whether variables are expanded in it
        self.depth = 0

    def run(self, script: str) -> str:
        text = _ERROR_STREAM.sub("", _QUOTED.sub(_protect, self._take_here_documents(script)))
        printed = ""
        try:
            for line in text.split("\n"):
                for pipeline in self._pipelines(line):
                    printed += self._run_pipeline(pipeline)
        except _ScriptEndedError:
            pass
        return printed

    def _take_here_documents(self, script: str) -> str:
        """The script without the bodies of its here documents; each `<<EOF` becomes `< marker`."""
        lines, kept = script.split("\n"), []
        while lines:
            line = lines.pop(0)
            for match in [] if line.lstrip().startswith("#") else list(_HEREDOC.finditer(line)):
                body = self._body(lines, match["end"], dashed=bool(match["dash"]))
                line = line.replace(match[0], f"< {_HERE}{len(self.here)} ", 1)
                self.here.append((body, not match["quote"]))
            kept.append(line)
        return "\n".join(kept)

    def _body(self, lines: list[str], end: str, *, dashed: bool) -> str:
        body = ""
        while lines:
            line = lines.pop(0)
            line = line.lstrip("\t") if dashed else line
            if line == end:
                return body
            body += line + "\n"
        self.disk.ignore(
            f"<< {end}",
            f"no line is exactly {end}, so the here document goes on to the end of the script",
        )
        return body

    def _pipelines(self, line: str) -> Iterator[list[_Command]]:
        """The pipelines of one line, each a list of commands."""
        try:
            tokens = _tokens(line)
        except ValueError as error:  # a quote that is not closed
            return self.disk.ignore(line, f"the shell cannot read this line ({error})")
        for is_end, group in groupby(
            tokens, key=lambda token: token in {";", "&&", "||", "&", ";;"}
        ):
            if not is_end:
                parts = [
                    list(part)
                    for bar, part in groupby(group, key=lambda t: t in {"|", "|&"})
                    if not bar
                ]
                yield [self._command(part) for part in parts]

    def _command(self, tokens: list[str]) -> _Command:
        command, rest = _Command(), iter(tokens)
        for word in rest:
            match word:
                case ">" | ">>" | ">|":
                    command.outputs.append((self._expand(next(rest, "")), word == ">>"))
                case "<":
                    command.stdin = self._read(next(rest, ""))
                case "<<<":
                    command.stdin = self._expand(next(rest, "")) + "\n"
                case _:
                    command.words.append(self._expand(word))
        return command

    def _read(self, source: str) -> str:
        if not source.startswith(_HERE):
            return self.disk.files.get(posixpath.normpath(self._expand(source)), "")
        text, expanded = self.here[int(source[1:])]
        if expanded:
            text = _SUBSTITUTION.sub(UNKNOWN_OUTPUT, text.replace(r"\$", _HIDDEN[ord("$")]))
        return self._expand(text) if expanded else text

    def _expand(self, word: str) -> str:
        """A word with its variables replaced; an unset one is empty, as in a shell."""
        return _shown(_VARIABLE.sub(self._value, word))

    def _value(self, match: re.Match[str]) -> str:
        name, braced, default = match.groups()
        return self.variables.get(name or braced, default or "")

    def _run_pipeline(self, pipeline: list[_Command]) -> str:
        printed: str | None = None
        for command in pipeline:
            head = command.words[0] if command.words else ""
            self.depth += (head in _OPENING) - (head in _CLOSING)
            if self.depth > 0 or head in _CLOSING:
                self._refuse(
                    command, "the lab does not run if, for, functions and ( ) or { } blocks"
                )
                continue
            output = self._run(command, printed if command.stdin is None else command.stdin)
            for path, append in command.outputs:
                self.disk.write(path, output, append=append)
            printed = "" if command.outputs else output
        return printed or ""

    def _refuse(self, command: _Command, why: str) -> None:
        if "/etc/ecs" in str(command):
            self.disk.ignore(
                str(command), f"{why}; write the setting as a plain echo, cat or printf"
            )

    def _run(self, command: _Command, stdin: str | None) -> str:
        words = self._without_prefixes(command.words)
        if not words or words[0] in {":", "true", "set"}:
            return ""
        name, args = posixpath.basename(words[0]), words[1:]
        match name:
            case "exit":
                raise _ScriptEndedError
            case "echo":
                return echo(args)
            case "printf":
                return printf(args)
            case "cat":
                files = [arg for arg in args if not arg.startswith("-")]
                return "".join(self._read(path) for path in files) if files else stdin or ""
            case "tee":
                append = any(arg in {"-a", "--append"} for arg in args)
                for path in (arg for arg in args if not arg.startswith("-")):
                    self.disk.write(path, stdin or "", append=append)
                return stdin or ""
            case "bash" | "sh" if len(args) > 1 and args[0].endswith("c"):
                return run_script(args[1], self.disk)
        if name not in _HARMLESS:
            self._refuse(command, f"the lab does not run {name}")
            command.outputs = [
                (path, append) for path, append in command.outputs if "/etc/ecs" not in path
            ]
        return ""

    def _without_prefixes(self, words: list[str]) -> list[str]:
        """The words after `sudo`, `export`, and assignments, which are carried out here."""
        words = list(words)
        if words and words[0] == "cloud-init-per":  # cloud-init-per FREQUENCY NAME COMMAND...
            words = words[3:]
        while words and (
            words[0] in {"sudo", "export", "local", "readonly", "exec"}
            or _ASSIGNMENT.match(words[0])
        ):
            name, is_assignment, value = words.pop(0).partition("=")
            if is_assignment:
                self.variables[name] = value
            elif name == "sudo":
                while words and words[0].startswith("-"):
                    words.pop(0)
        return words


def _tokens(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _protect(match: re.Match[str]) -> str:
    """Quoted text with the characters hidden that mean nothing to the shell within those quotes."""
    text = match[0]
    match match.lastgroup:
        case "escaped":
            return text.translate(_HIDDEN)
        case "single":
            return text.translate(_HIDDEN)
        case "double":
            text = re.sub(r"\\([$`])", lambda m: _HIDDEN[ord(m[1])], text.replace("\\\n", ""))
            return _SUBSTITUTION.sub(UNKNOWN_OUTPUT, text).translate(_HIDDEN_IN_DOUBLE_QUOTES)
        case "run":
            return UNKNOWN_OUTPUT
    return ""  # a comment, or a line that goes on


def _shown(text: str) -> str:
    return text.translate(_SHOWN)
