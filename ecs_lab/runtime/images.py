"""Images that nobody pushed: public ones do what the catalogue says, and a command does what its
words say.

A program that the lab does not have is taken for one that runs until it is stopped, and answers on
the ports that its definition maps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ecs_lab.engine.surroundings import ContainerRun
from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.messages import NOT_HTTP, Request, Response
from ecs_lab.runtime.programs import ByReference
from ecs_lab.runtime.public_images import PublicImage, image_of
from ecs_lab.runtime.shell import NeverEndsError, Shell, ShellSyntaxError, Unknown
from ecs_lab.runtime.shell.commands import COMMANDS, FOR_EVER_S

START_UP_S = 1.0
SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "ash", "/bin/ash")
SYNTAX_ERROR = 2
_SHELL, _SERVES = "ecs_lab.shell", "ecs_lab.serves"


@dataclass(frozen=True, slots=True)
class Known(ByReference):
    """A public image, or one that nobody described: does what its name and command say.

    `like` is the name of the public image that it is a copy of, if it is one.
    """

    like: str | None = None

    def begin(self, inside: Inside) -> ContainerRun:
        """Start: a shell for what the shell has, else the program."""
        image = self._image(inside)
        words = words_of(inside.definition, image)
        run = ContainerRun(on_sigterm=on_sigterm(inside.definition, self.like))
        if words:
            return self._command(inside, words, run)
        if image is not None:
            for line in image.prints.splitlines():
                inside.print(line)
            if image.does == "ends":
                return replace(run, seconds=START_UP_S, exit_code=image.exit_code)
        inside.memory[_SERVES] = True
        return run

    def _command(self, inside: Inside, words: list[str], run: ContainerRun) -> ContainerRun:
        shell = Shell(inside)
        if words[0] in SHELLS and len(words) > 2 and "c" in words[1]:
            shell.arguments = words[3:] or [words[0]]
            try:
                shell.begin(words[2])
            except ShellSyntaxError as error:
                inside.print(f"sh: {error}")
                return replace(run, seconds=START_UP_S, exit_code=SYNTAX_ERROR)
        elif words[0] in SHELLS:
            return run  # a script of the image's own
        elif words[0].rpartition("/")[2] in COMMANDS or words[0] == "exit":
            shell.stack = [("words", words)]
        else:
            inside.memory[_SERVES] = True
            return run
        inside.memory[_SHELL] = shell
        inside.slept_s = 0.0
        self._go_on(inside, began_s=0.0)
        return run

    def wake(self, inside: Inside) -> None:
        """Go on with the shell's script after a sleep."""
        inside.slept_s, inside.printed = 0.0, 0
        self._go_on(inside, began_s=START_UP_S)

    def _go_on(self, inside: Inside, began_s: float) -> None:
        """Run the script to its next sleep or its end; a container lives for a second at least."""
        shell: Shell = inside.memory[_SHELL]
        try:
            slept_s = shell.go_on()
        except Unknown:
            inside.memory[_SERVES] = True
            return
        except NeverEndsError:
            return
        except ShellSyntaxError as error:
            inside.print(f"sh: {error}")
            shell.code, slept_s = SYNTAX_ERROR, None
        if slept_s is not None:
            if slept_s < FOR_EVER_S:
                inside.outside.wake(inside, inside.slept_s, background=shell.looping)
            return
        if inside.slept_s >= FOR_EVER_S:
            return
        shell.streams.flush(inside)
        ends_s = max(inside.slept_s, START_UP_S - began_s)
        inside.slept_s = ends_s
        inside.outside.end(inside, shell.code)

    def answer(self, inside: Inside, port: int, request: Request) -> Response | None:
        """Answer as the image does."""
        if not inside.memory.get(_SERVES):
            return None
        image = self._image(inside)
        if image is not None and image.does != "ends":
            return _answer(image, inside, port, request)
        mapped = [each.get("containerPort") for each in inside.definition.get("portMappings") or []]
        return _of_unknown(inside) if port in mapped else None

    def _image(self, inside: Inside) -> PublicImage | None:
        return image_of(self.like or str(inside.definition["image"]))


def _answer(image: PublicImage, inside: Inside, port: int, request: Request) -> Response | None:
    """What an image of the catalogue answers on its port."""
    if port != image.port:
        return None
    if image.does == "service":
        return Response(NOT_HTTP)
    if image.does == "echo":
        return _page(200, "text/plain; charset=utf-8", _echo(inside, request))
    found = request.path.partition("?")[0] in ("/", "/index.html") and image.page != ""
    body = image.page if found else "<html><body><h1>404 Not Found</h1></body></html>\n"
    response = _page(200 if found else 404, "text/html", "" if request.method == "HEAD" else body)
    return replace(response, headers={"server": image.server, **response.headers})


def _page(status: int, kind: str, text: str) -> Response:
    body = text.encode()
    return Response(status, {"content-type": kind, "content-length": str(len(body))}, body)


def _echo(inside: Inside, request: Request) -> str:
    lines = [
        f"Hostname: {inside.environment.get('HOSTNAME', '')}",
        f"RemoteAddr: {request.client_ip}",
        f"{request.method} {request.path} HTTP/1.1",
        *(f"{name.title()}: {value}" for name, value in request.headers.items()),
    ]
    return "\n".join([*lines, ""])


def _of_unknown(inside: Inside) -> Response:
    text = f"{inside.name}: the lab answers for {inside.definition['image']}\n"
    return _page(200, "text/plain; charset=utf-8", text)


def words_of(definition: Mapping[str, Any], image: PublicImage | None) -> list[str]:
    """The words that a container runs: entry point, the image's where the definition has none, and
    command.
    """
    command = list(definition.get("command") or [])
    own = definition.get("entryPoint")
    before = list(own) if own else list(image.entry_point) if image is not None and command else []
    return [*before, *command]


def on_sigterm(definition: Mapping[str, Any], like: str | None = None) -> int | None:
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
    image = image_of(like or str(definition["image"]))
    words = words_of(definition, image)
    if not words:
        return image.on_sigterm if image is not None else 143
    script = str(words[2]) if words[0] in SHELLS and len(words) > 2 else ""
    if "trap " in script:
        code = re.search(r"exit\s+(\d+)", script.partition("trap ")[2].partition(";")[0])
        return int(code[1]) % 256 if code else 143
    if (definition.get("linuxParameters") or {}).get("initProcessEnabled"):
        return 143
    last = "exec" if script.strip().startswith("exec ") else str(words[0]).rpartition("/")[2]
    return None if last in COMMANDS else 143
