"""What a container's image and command do: a command that ends, ends with its code; everything
else keeps running.

Standard library only: no thread, socket or subprocess. Nothing is really executed; the few
commands that lessons and exam questions use are understood, and whatever is not is taken for a
program that runs until it is stopped.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    words = _words(definition)
    if not words:
        name = str(definition["image"]).rpartition("/")[2].partition(":")[0].partition("@")[0]
        run = ContainerRun(START_UP_S, 0) if name in ONE_SHOT_IMAGES else ContainerRun()
    else:
        run = _run_words(words)
    return replace(run, on_sigterm=on_sigterm(definition))


def _words(definition: Mapping[str, Any]) -> list[str]:
    return [*(definition.get("entryPoint") or []), *(definition.get("command") or [])]


def on_sigterm(definition: Mapping[str, Any]) -> int | None:
    """The exit code with which the container ends on SIGTERM, or None if it takes no notice.

    nginx and httpd stop in order. A shell without a trap and commands such as `sleep` do not catch
    the signal, and as PID 1 a process gets only those that it catches; with an init process in
    between they are ended by it. Anything else is taken for a program that catches it.
    Source: https://docs.docker.com/reference/cli/docker/container/stop/

    >>> on_sigterm({"image": "nginx"}), on_sigterm({"image": "shop/api"})
    (0, 143)
    >>> on_sigterm({"image": "busybox", "command": ["sleep", "900"]})
    >>> on_sigterm({"image": "busybox", "command": ["sh", "-c", "trap 'exit 0' TERM; sleep 900"]})
    0
    """
    words = _words(definition)
    if not words:
        return 0 if _public_name(str(definition["image"])) in WEB_SERVERS else 143
    script = str(words[2]) if words[0] in SHELLS and len(words) > 2 else ""
    if "trap " in script:
        code = re.search(r"exit\s+(\d+)", script.partition("trap ")[2].partition(";")[0])
        return int(code[1]) % 256 if code else 143
    if (definition.get("linuxParameters") or {}).get("initProcessEnabled"):
        return 143
    last = "exec" if script.strip().startswith("exec ") else str(words[0]).rpartition("/")[2]
    return None if last in NO_SERVERS else 143


NO_SERVERS = frozenset(
    ("sleep", "tail", "cat", "top", "yes", "watch", "while", "until", "for", "read", "sh", "bash")
)
"""Commands and shell words that may run for ever, and listen to nothing."""

WEB_SERVERS = {"nginx": (80, ("/", "/index.html")), "httpd": (80, ("/", "/index.html"))}
"""Public images of web servers: the port they listen on and the pages they come with."""

PUBLIC_REGISTRIES = ("docker.io/", "public.ecr.aws/")


def answers(definition: Mapping[str, Any], port: int, path: str) -> int | None:
    """The HTTP status that the container answers on its port, or None where it does not listen.

    nginx and httpd answer as their images do: on port 80, with the pages that they come with. Any
    other image counts as a web server on the ports that its definition maps, and answers every
    path with 200, unless its command is none that serves, such as `sleep`.

    >>> answers({"image": "nginx:1.27"}, 80, "/"), answers({"image": "nginx"}, 80, "/health")
    (200, 404)
    >>> mapped = [{"containerPort": 8080}]
    >>> answers({"image": "shop/api", "portMappings": mapped}, 8080, "/health")
    200
    >>> answers({"image": "api", "portMappings": mapped, "command": ["sleep", "900"]}, 8080, "/")
    """
    if not serves(definition):
        return None
    known = WEB_SERVERS.get(_public_name(str(definition["image"])))
    if known is not None:
        listens, pages = known
        page = path.partition("?")[0]
        return None if port != listens else 200 if page in pages else 404
    mapped = {each.get("containerPort") for each in definition.get("portMappings", [])}
    return 200 if port in mapped else None


def serves(definition: Mapping[str, Any]) -> bool:
    """Whether what the container runs may listen on a port."""
    words = _words(definition)
    if run_of(definition).seconds is not None:
        return False
    if not words:
        return True
    if words[0] in SHELLS and len(words) > 2 and words[1] == "-c":
        parts = str(words[2]).replace("&&", ";").replace("\n", ";").split(";")
        programs = [part.split()[0].rpartition("/")[2] for part in parts if part.split()]
        last = programs[-1] if programs else ""
        return last not in NO_SERVERS and last != "done"
    return str(words[0]).rpartition("/")[2] not in NO_SERVERS


def _public_name(image: str) -> str:
    """`nginx` for nginx:1.27, library/nginx and public.ecr.aws/nginx/nginx; other names in full."""
    for registry in PUBLIC_REGISTRIES:
        image = image.removeprefix(registry)
    name = image.partition("@")[0]
    head, _, last = name.rpartition("/")
    last = last.partition(":")[0]
    return last if head in ("", "library", "docker/library", last) else name


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
    ContainerRun(seconds=21.0, exit_code=3, reason=None, on_sigterm=143)
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
