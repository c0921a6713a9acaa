"""What the command of a container's health check finds: whether it ends with exit code 0.

Understood are `true`, `false`, `exit N` and requests by `curl`, `wget` and `nc` to a port of the
container, joined by `||`, `&&` and `;`. Any other command succeeds: the lab does not run programs.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

Answering = Callable[[int, str], "int | None"]
"""What the containers of a task answer on localhost: port and path to an HTTP status, or None."""

_JOINTS = re.compile(r"(\|\||&&|;)")


def passes(check: Mapping[str, Any], answer: Answering) -> bool:
    """Whether a health check's command ends with exit code 0.

    >>> nobody = lambda port, path: None
    >>> passes({"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]}, nobody)
    False
    >>> passes({"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 0"]}, nobody)
    True
    >>> passes({"command": ["CMD", "pg_isready"]}, nobody)
    True
    """
    command = [str(each) for each in check["command"]]
    if command[0] == "CMD-SHELL":
        return _script(" ".join(command[1:]), answer)
    return _words(command[1:] if command[0] == "CMD" else command, answer) == 0


def _script(script: str, answer: Answering) -> bool:
    """A line of a shell: `a || b` runs b after a failure, `a && b` after a success."""
    code, joint = 0, ";"
    for part in _JOINTS.split(script):
        if _JOINTS.fullmatch(part):
            joint = part
            continue
        if (joint == "||" and code == 0) or (joint == "&&" and code != 0):
            continue
        try:
            words = shlex.split(part)
        except ValueError:
            return False
        if words and words[0] == "exit":
            return _number(words[1:], code) == 0
        code = _words(words, answer) if words else code
    return code == 0


def _words(words: Sequence[str], answer: Answering) -> int:
    name = words[0].rpartition("/")[2] if words else "true"
    if name == "false":
        return 1
    if name == "exit":
        return _number(words[1:], 0)
    if name in ("curl", "wget"):
        return _request(words, answer)
    if name == "nc":
        ports = [int(each) for each in words[1:] if each.isdecimal()]
        return 0 if ports and answer(ports[-1], "/") is not None else 1
    return 0


def _request(words: Sequence[str], answer: Answering) -> int:
    """curl ends with 7 where nothing listens and, with -f, with 22 for a status of 400 and above;
    wget with 4 and 8.

    Source: https://curl.se/docs/manpage.html
    """
    address = next((each for each in words[1:] if "://" in each or "localhost" in each), "")
    url = urlsplit(address if "://" in address else f"http://{address}")
    if not address or url.hostname not in ("localhost", "127.0.0.1"):
        return 0
    status = answer(url.port or (443 if url.scheme == "https" else 80), url.path or "/")
    curl = words[0].rpartition("/")[2] == "curl"
    if status is None:
        return 7 if curl else 4
    fails = not curl or any(
        each == "--fail" or (each.startswith("-") and not each.startswith("--") and "f" in each)
        for each in words[1:]
    )
    return (22 if curl else 8) if status >= 400 and fails else 0


def _number(words: Sequence[str], default: int) -> int:
    return int(words[0]) % 256 if words and words[0].isdecimal() else default
