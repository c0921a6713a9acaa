"""What `echo` and `printf` print."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"'}


def echo(arguments: Sequence[str]) -> str:
    r"""What bash's echo prints: backslash escapes only with -e, no newline with -n.

    >>> echo(["a", "b"]), echo(["-n", "a"]), echo(["-e", "a\\tb"])
    ('a b\n', 'a', 'a\tb\n')
    """
    flags, rest = "", list(arguments)
    while rest and re.fullmatch(r"-[neE]+", rest[0]):
        flags += rest.pop(0)
    text = " ".join(rest)
    return (_unescaped(text) if "e" in flags else text) + ("" if "n" in flags else "\n")


def printf(arguments: Sequence[str]) -> str:
    r"""What printf prints: the format is used again until no argument is left.

    >>> printf(["%s=%d\n", "a", "1", "b", "2"])
    'a=1\nb=2\n'
    """
    if not arguments:
        return ""
    form, rest = _unescaped(arguments[0]), list(arguments[1:])
    printed = ""
    while True:
        printed += re.sub(r"%[sdbq]", lambda _: rest.pop(0) if rest else "", form).replace(
            "%%", "%"
        )
        if not rest or not re.search(r"%[sdbq]", form):
            return printed


def _unescaped(text: str) -> str:
    return re.sub(r"\\([nt\\\"])", lambda match: _ESCAPES[match[1]], text)
