"""What a container's image and command do: a command that ends, ends with its code; everything
else keeps running.

Standard library only: no thread, socket or subprocess. Nothing is really executed; the few
commands that lessons and exam questions use are understood, and whatever is not is taken for a
program that runs until it is stopped.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from ecs_lab.engine.surroundings import ContainerRun

START_UP_S = 1.0
SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash")
ENDS_AT_ONCE = {"true": 0, "false": 1, "echo": 0, "env": 0, "ls": 0, "date": 0, "hostname": 0}
ONE_SHOT_IMAGES = ("hello-world",)


def run_of(definition: Mapping[str, Any]) -> ContainerRun:
    """What the container of this definition (overrides laid over it) does once it is started.

    >>> run_of({"image": "busybox", "command": ["sh", "-c", "exit 3"]}).exit_code
    3
    >>> run_of({"image": "nginx"}).seconds is None
    True
    """
    words = [*definition.get("entryPoint", []), *definition.get("command", [])]
    if not words:
        name = str(definition["image"]).rpartition("/")[2].partition(":")[0].partition("@")[0]
        return ContainerRun(START_UP_S, 0) if name in ONE_SHOT_IMAGES else ContainerRun()
    return _run_words(words)


def _run_words(words: Sequence[str]) -> ContainerRun:
    if words[0] in SHELLS:
        return _run_script(words[2]) if len(words) > 2 and words[1] == "-c" else ContainerRun()
    name = words[0].rpartition("/")[2]
    if name in ENDS_AT_ONCE:
        return ContainerRun(START_UP_S, ENDS_AT_ONCE[name])
    if name == "exit":
        return ContainerRun(START_UP_S, _number(words[1:], 0))
    if name == "sleep" and _seconds(words[1:]) is not None:
        return ContainerRun(_seconds(words[1:]), 0)
    return ContainerRun()


def _run_script(script: str) -> ContainerRun:
    """A shell script of simple commands joined by `;` or `&&`: their times add up, `exit` ends it.

    >>> _run_script("echo starting; sleep 20 && exit 3")
    ContainerRun(seconds=21.0, exit_code=3, reason=None)
    """
    seconds, code = 0.0, 0
    try:
        commands = [
            shlex.split(part) for part in script.replace("&&", ";").replace("\n", ";").split(";")
        ]
    except ValueError:
        return ContainerRun(START_UP_S, 2)
    for words in filter(None, commands):
        run = _run_words(words[1:] if words[0] == "exec" and len(words) > 1 else words)
        if run.seconds is None:
            return ContainerRun()
        ends = words[0] == "exit"
        seconds += 0.0 if ends else run.seconds
        code = run.exit_code
        if ends:
            break
    return ContainerRun(max(seconds, START_UP_S), code)


def _number(words: Sequence[str], default: int) -> int:
    return int(words[0]) % 256 if words and words[0].isdecimal() else default


def _seconds(words: Sequence[str]) -> float | None:
    """The time `sleep` is asked for, or None (for ever) where that is `infinity` or not a
    number.
    """
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    text = words[0] if words else ""
    unit = units.get(text[-1:], 1)
    digits = text.rstrip("smhd")
    return float(digits) * unit if digits.replace(".", "", 1).isdecimal() else None
