"""The words of a shell: how a line is cut into them, and what stands in each.

A word is a tuple of parts; quotes are gone, and each part remembers whether it stood in some.
"""

from __future__ import annotations

import re
from typing import NamedTuple

OPERATORS = (
    "&&",
    "||",
    ";;",
    ">>",
    "<<",
    ">&",
    "<&",
    "&>",
    ";",
    "|",
    "&",
    "<",
    ">",
    "(",
    ")",
    "\n",
)
REDIRECTIONS = (">", ">>", "<", ">&", "<&", "&>")
_NAME = re.compile(r"[A-Za-z_]\w*|[0-9?#$!@*-]", re.ASCII)
_ESCAPED_IN_QUOTES = '$`"\\\n'


class ShellSyntaxError(ValueError):
    """A script that the shell cannot read."""


class Text(NamedTuple):
    """Characters that stand for themselves."""

    text: str
    quoted: bool = False


class Variable(NamedTuple):
    """`$NAME` or `${NAME:-default}`; `operator` is that of the braces, if there is one."""

    name: str
    operator: str
    default: str
    quoted: bool


class Substitution(NamedTuple):
    """`$(script)`: what a script prints."""

    script: str
    quoted: bool


class Arithmetic(NamedTuple):
    """`$((expression))`."""

    expression: str


Part = Text | Variable | Substitution | Arithmetic
Word = tuple[Part, ...]


class Token(NamedTuple):
    """A word, or an operator such as `&&`; `2>` has both."""

    word: Word = ()
    operator: str = ""

    @property
    def plain(self) -> str | None:
        """The word's text if it is a single unquoted one, as reserved words are."""
        if self.operator:
            return None
        if len(self.word) == 1 and isinstance(self.word[0], Text) and not self.word[0].quoted:
            return self.word[0].text
        return None


def tokens(script: str) -> list[Token]:
    """Cut a script into words and operators.

    >>> [each.operator or each.plain for each in tokens("echo a; exit 3")]
    ['echo', 'a', ';', 'exit', '3']
    """
    return _Reader(script).read()


class _Reader:
    """Reads a script from left to right; `at` is the next character."""

    def __init__(self, script: str) -> None:
        self.text = script.replace("\r\n", "\n").replace("\\\n", "")
        self.at = 0
        self.parts: list[Part] = []
        self.run = ""  # unquoted characters that are no part yet
        self.begun = False

    def read(self) -> list[Token]:
        found: list[Token] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            operator = next((o for o in OPERATORS if self.text.startswith(o, self.at)), None)
            if char == "#" and not self.begun:
                self.at = (self.text + "\n").index("\n", self.at)
            elif operator in REDIRECTIONS and self.run in ("0", "1", "2") and not self.parts:
                found.append(Token((Text(self.run),), operator))
                self.run, self.begun = "", False
                self.at += len(operator)
            elif char in " \t" or operator is not None:
                found += self._word()
                self.at += len(operator or char)
                if operator is not None:
                    found.append(Token(operator=operator))
            else:
                self._character(char)
        return [*found, *self._word()]

    def _word(self) -> list[Token]:
        """The word that has been read, if there is one."""
        self._end_run()
        parts, self.parts = tuple(self.parts), []
        begun, self.begun = self.begun, False
        return [Token(parts)] if begun else []

    def _character(self, char: str) -> None:
        self.begun = True
        if char == "'":
            end = self._find("'", self.at + 1)
            self._add(Text(self.text[self.at + 1 : end], quoted=True))
            self.at = end + 1
        elif char == '"':
            self.at += 1
            self._double_quoted()
        elif char == "\\":
            self._add(Text(self.text[self.at + 1 : self.at + 2], quoted=True))
            self.at += 2
        elif char in "$`":
            self._dollar(quoted=False)
        else:
            self.run += char
            self.at += 1

    def _double_quoted(self) -> None:
        text = ""
        while True:
            if self.at >= len(self.text):
                raise ShellSyntaxError("Unterminated quoted string")
            char = self.text[self.at]
            following = self.text[self.at + 1 : self.at + 2]
            if char == '"':
                break
            if char == "\\" and following and following in _ESCAPED_IN_QUOTES:
                text += following
                self.at += 2
            elif char in "$`":
                self._add(Text(text, quoted=True))
                text = ""
                self._dollar(quoted=True)
            else:
                text += char
                self.at += 1
        self.at += 1
        self._add(Text(text, quoted=True))

    def _dollar(self, *, quoted: bool) -> None:
        """What begins with `$` or a backquote."""
        text, at = self.text, self.at
        if text[at] == "`":
            end = self._find("`", at + 1)
            self._add(Substitution(text[at + 1 : end], quoted))
            self.at = end + 1
        elif text.startswith("$((", at):
            end = self._find("))", at + 3)
            self._add(Arithmetic(text[at + 3 : end]))
            self.at = end + 2
        elif text.startswith("$(", at):
            end = self._closing(at + 2)
            self._add(Substitution(text[at + 2 : end], quoted))
            self.at = end + 1
        elif text.startswith("${", at):
            end = self._find("}", at + 2)
            self._add(_braces(text[at + 2 : end], quoted))
            self.at = end + 1
        elif found := _NAME.match(text, at + 1):
            self._add(Variable(found[0], "", "", quoted))
            self.at = found.end()
        else:
            self._add(Text("$", quoted=True))
            self.at += 1

    def _find(self, what: str, at: int) -> int:
        end = self.text.find(what, at)
        if end < 0:
            raise ShellSyntaxError(f"no {what} that closes")
        return end

    def _closing(self, at: int) -> int:
        """Where the parenthesis closes that has been opened before `at`."""
        depth, quote = 1, ""
        for index in range(at, len(self.text)):
            char = self.text[index]
            if quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            else:
                depth += (char == "(") - (char == ")")
                if depth == 0:
                    return index
        raise ShellSyntaxError("no ) that closes")

    def _add(self, part: Part) -> None:
        self._end_run()
        self.begun = True
        self.parts.append(part)

    def _end_run(self) -> None:
        run, self.run = self.run, ""
        if run:
            self.parts.append(Text(run))


def _braces(inner: str, quoted: bool) -> Variable:
    found = re.fullmatch(r"(#?\w+|[?#$!@*-])(:?[-=+?])?(.*)", inner, re.DOTALL)
    if found is None:
        raise ShellSyntaxError(f"Bad substitution: ${{{inner}}}")
    return Variable(found[1], found[2] or "", found[3], quoted)
