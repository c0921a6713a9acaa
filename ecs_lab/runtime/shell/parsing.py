"""A script as a tree: lists of commands, joined and nested as a POSIX shell reads them.

Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ecs_lab.runtime.shell.words import REDIRECTIONS, ShellSyntaxError, Text, Token, Word, tokens

MOST_CHARACTERS = 100_000
MOST_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Redirection:
    """`> file`, `>> file`, `< file`, `2> file` and `2>&1`: which stream, how, and where to."""

    stream: int
    operator: str
    target: Word


@dataclass(frozen=True, slots=True)
class Simple:
    """One command: its words, and what its streams are connected to."""

    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`a | b`, with `!` before it if `negated`."""

    commands: tuple[Any, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AndOr:
    """`a && b || c`: pipelines, each with the operator before it."""

    parts: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Commands one after another; in ( ) with variables of their own."""

    commands: tuple[Any, ...]
    subshell: bool = False


@dataclass(frozen=True, slots=True)
class While:
    """`while` (or `until`) a list succeeds, do another."""

    condition: Sequence
    body: Sequence
    until: bool = False


@dataclass(frozen=True, slots=True)
class For:
    """`for NAME in words; do list; done`."""

    name: str
    words: tuple[Word, ...]
    body: Sequence


@dataclass(frozen=True, slots=True)
class If:
    """`if` and each `elif` with its list, and the list of `else`."""

    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None = None


@dataclass(frozen=True, slots=True)
class Redirected:
    """A compound command with redirections of its own."""

    command: Any
    redirections: tuple[Redirection, ...]


_ENDS = {"then", "elif", "else", "fi", "do", "done", "}"}


def parse(script: str) -> Sequence:
    """The tree of a script; raises ShellSyntaxError for one that cannot be read."""
    if len(script) > MOST_CHARACTERS:
        raise ShellSyntaxError(f"the script has more than {MOST_CHARACTERS:,} characters")
    parser = _Parser(tokens(script))
    tree = parser.sequence()
    if parser.token is not None:
        raise ShellSyntaxError(f'Syntax error: "{parser.shown}" unexpected')
    return tree


@dataclass(slots=True)
class _Parser:
    found: list[Token]
    at: int = 0
    depth: int = 0

    @property
    def token(self) -> Token | None:
        return self.found[self.at] if self.at < len(self.found) else None

    @property
    def shown(self) -> str:
        token = self.token
        if token is None:
            return "end of file"
        return token.operator or token.plain or "word"

    def _operator(self, *wanted: str) -> str | None:
        """Pass over one of these operators and give it, or None."""
        token = self.token
        if token is not None and token.operator in wanted:
            self.at += 1
            return token.operator
        return None

    def _reserved(self, *wanted: str) -> str | None:
        """Pass over one of these reserved words and give it, or None."""
        token = self.token
        if token is not None and token.plain in wanted:
            self.at += 1
            return token.plain
        return None

    def _expect(self, word: str) -> None:
        if self._reserved(word) is None:
            raise ShellSyntaxError(f'Syntax error: "{self.shown}" unexpected (expecting "{word}")')

    def sequence(self) -> Sequence:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ShellSyntaxError("the script is nested too deeply")
        commands: list[Any] = []
        while True:
            while self._operator(";", "\n", "&"):
                pass
            token = self.token
            if token is None or token.operator == ")" or token.plain in _ENDS:
                break
            commands.append(self._and_or())
            if not self._operator(";", "\n", "&"):
                break
            self.at -= 1
        self.depth -= 1
        return Sequence(tuple(commands))

    def _and_or(self) -> Any:
        parts = [("", self._pipeline())]
        while operator := self._operator("&&", "||"):
            while self._operator("\n"):
                pass
            parts.append((operator, self._pipeline()))
        return parts[0][1] if len(parts) == 1 else AndOr(tuple(parts))

    def _pipeline(self) -> Any:
        negated = self._reserved("!") is not None
        commands = [self._command()]
        while self._operator("|"):
            while self._operator("\n"):
                pass
            commands.append(self._command())
        if len(commands) == 1 and not negated:
            return commands[0]
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Any:
        if self._operator("("):
            inner = Sequence(self.sequence().commands, subshell=True)
            if not self._operator(")"):
                raise ShellSyntaxError(f'Syntax error: "{self.shown}" unexpected (expecting ")")')
            return self._redirected(inner)
        match self._reserved("{", "while", "until", "for", "if", "case", "function"):
            case "{":
                group = self.sequence()
                self._expect("}")
                return self._redirected(group)
            case "while" | "until" as word:
                return self._redirected(self._while(until=word == "until"))
            case "for":
                return self._redirected(self._for())
            case "if":
                return self._redirected(self._if())
            case "case" | "function" as word:
                raise ShellSyntaxError(f"the lab's shell has no {word}")
        return self._simple()

    def _redirected(self, command: Any) -> Any:
        redirections = self._redirections()
        return Redirected(command, redirections) if redirections else command

    def _while(self, *, until: bool) -> While:
        condition = self.sequence()
        self._expect("do")
        body = self.sequence()
        self._expect("done")
        return While(condition, body, until)

    def _for(self) -> For:
        name = self.token.plain if self.token is not None else None
        if not name:
            raise ShellSyntaxError(f'Syntax error: "{self.shown}" unexpected')
        self.at += 1
        words: list[Word] = []
        if self._reserved("in"):
            while self.token is not None and not self.token.operator:
                words.append(self.token.word)
                self.at += 1
        while self._operator(";", "\n"):
            pass
        self._expect("do")
        body = self.sequence()
        self._expect("done")
        return For(name, tuple(words), body)

    def _if(self) -> If:
        branches = []
        otherwise = None
        word: str | None = "if"
        while word in ("if", "elif"):
            condition = self.sequence()
            self._expect("then")
            branches.append((condition, self.sequence()))
            word = self._reserved("elif", "else")
        if word == "else":
            otherwise = self.sequence()
        self._expect("fi")
        return If(tuple(branches), otherwise)

    def _simple(self) -> Simple:
        words: list[Word] = []
        redirections: list[Redirection] = []
        while (token := self.token) is not None:
            found = self._redirection()
            if found is not None:
                redirections.append(found)
            elif token.operator:
                break
            else:
                words.append(token.word)
                self.at += 1
        if not words and not redirections:
            raise ShellSyntaxError(f'Syntax error: "{self.shown}" unexpected')
        return Simple(tuple(words), tuple(redirections))

    def _redirections(self) -> tuple[Redirection, ...]:
        found = []
        while (each := self._redirection()) is not None:
            found.append(each)
        return tuple(found)

    def _redirection(self) -> Redirection | None:
        """A redirection, with the number of the stream before it, or None."""
        token = self.token
        if token is None or token.operator not in REDIRECTIONS:
            return None
        self.at += 1
        target = self.token
        if target is None or target.operator:
            raise ShellSyntaxError(f'Syntax error: "{self.shown}" unexpected')
        self.at += 1
        stream = text_of(token.word) or ("0" if token.operator.startswith("<") else "1")
        return Redirection(int(stream), token.operator, target.word)


def text_of(word: Word) -> str | None:
    """A word's text if nothing in it has to be looked up, else None."""
    if word and all(isinstance(part, Text) for part in word):
        return "".join(part.text for part in word if isinstance(part, Text))
    return None


_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.ASCII | re.DOTALL)


def assignment(word: Word) -> tuple[str, Word] | None:
    """The name and the value of a word such as NAME=value, or None for another.

    >>> assignment(tokens("COLOUR=red")[0].word)
    ('COLOUR', (Text(text='red', quoted=False),))
    """
    first = word[0] if word else None
    if not isinstance(first, Text) or first.quoted:
        return None
    found = _ASSIGNMENT.fullmatch(first.text)
    if found is None:
        return None
    rest = (Text(found[2]),) if found[2] else ()
    return found[1], (*rest, *word[1:])
