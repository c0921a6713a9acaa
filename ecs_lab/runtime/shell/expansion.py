"""What the words of a shell mean: variables, what commands print, numbers."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ecs_lab.runtime.shell.words import (
    Arithmetic,
    Part,
    ShellSyntaxError,
    Substitution,
    Text,
    Variable,
    Word,
)

if TYPE_CHECKING:
    from ecs_lab.runtime.shell.machine import Shell

MOST_CHARACTERS = 1 << 16
"""How long a word may become."""

_OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def expand(shell: Shell, words: Iterable[Word]) -> list[str]:
    """All that words become; an unquoted variable may become several words, or none."""
    found: list[str] = []
    for word in words:
        found += _fields(shell, word)
    return found


def expand_one(shell: Shell, word: Word) -> str:
    """What one word becomes where it stays one, as in an assignment."""
    return _limited("".join(_value(shell, part) for part in word))


def _fields(shell: Shell, word: Word) -> list[str]:
    fields: list[str] = []
    current: str | None = None
    for part in word:
        if isinstance(part, Variable) and part.name == "@":
            arguments = shell.arguments[1:]
            if arguments:
                fields += [(current or "") + arguments[0], *arguments[1:]]
                current = fields.pop()
            continue
        value = _value(shell, part)
        if isinstance(part, Arithmetic) or part.quoted or isinstance(part, Text):
            current = (current or "") + value
            continue
        pieces = value.split()
        if not pieces:
            if value and current is not None:
                fields.append(current)
                current = None
            continue
        if value[0].isspace() and current is not None:
            fields.append(current)
            current = None
        fields += [(current or "") + pieces[0], *pieces[1:]]
        current = None if value[-1].isspace() else fields.pop()
    if current is not None:
        fields.append(current)
    return [_limited(each) for each in fields]


def _limited(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise ShellSyntaxError(f"a word of more than {MOST_CHARACTERS:,} characters")
    return text


def _value(shell: Shell, part: Part) -> str:
    match part:
        case Text(text):
            return text
        case Variable():
            return _variable(shell, part)
        case Substitution(script):
            return shell.substitute(script)
        case Arithmetic(expression):
            return str(number_of(shell, expression))


def _variable(shell: Shell, part: Variable) -> str:
    name = part.name
    if name.startswith("#") and len(name) > 1:
        return str(len(shell.value(name[1:]) or ""))
    value = shell.value(name)
    kind = part.operator.lstrip(":")
    missing = value is None or (part.operator.startswith(":") and not value)
    if not kind:
        return value or ""
    if kind == "+":
        return "" if missing else part.default
    if not missing:
        return value or ""
    default = _default(shell, part.default)
    if kind == "?":
        raise ShellSyntaxError(f"{name}: {default or 'parameter not set'}")
    if kind == "=":
        shell.variables[name] = default
    return default


def _default(shell: Shell, text: str) -> str:
    """A default may hold variables of its own."""
    return re.sub(r"\$\{?(\w+)\}?", lambda found: shell.value(found[1]) or "", text).strip("\"'")


def number_of(shell: Shell, expression: str) -> int:
    """The value of an arithmetic expression of whole numbers and variables."""
    text = re.sub(r"\$\{?(\w+)\}?", r"\1", expression).replace("/", "//").strip() or "0"
    try:
        return _number(shell, ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        raise ShellSyntaxError(f"arithmetic expression: {expression.strip()!r}") from None


def _number(shell: Shell, node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int() as value):
            found = int(value)
        case ast.Name(id=name):
            found = int(shell.value(name) or "0")
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            found = -_number(shell, inner)
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
            found = int(_number(shell, left) / _number(shell, right))
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            found = _number(shell, left) % _number(shell, right)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            found = int(_OPERATIONS[type(op)](_number(shell, left), _number(shell, right)))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATIONS:
            found = int(_OPERATIONS[type(op)](_number(shell, left), _number(shell, right)))
        case _:
            raise ValueError(type(node).__name__)
    if abs(found) >= 2**63:
        raise ValueError(found)
    return found
