"""DOT text into SVG or PNG, by the first Graphviz that this machine has.

pygraphviz 2 brings Graphviz in its wheel and draws in this process; otherwise the `dot` command is
asked. Where there is neither (in a browser tab, say), `RenderError` says what to install, and
`ecs_lab.widgets.dot` can draw in the browser instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

Renderer = Callable[[str, str], bytes]
ADVICE = (
    "No Graphviz was found to draw this picture: install one with 'pip install pygraphviz', "
    "or put Graphviz' dot command on the PATH. The picture in words is in .text."
)
_one_at_a_time = Lock()


class RenderError(RuntimeError):
    """A picture could not be drawn; the message says what to do."""


def render(dot: str, form: str) -> bytes:
    """A picture of DOT text as "svg" or "png"; RenderError when no Graphviz can make it."""
    renderer = by_pygraphviz() or by_dot_command()
    if renderer is None:
        raise RenderError(ADVICE)
    return renderer(dot, form)


def can_render() -> bool:
    """Whether this machine has a Graphviz."""
    return bool(by_pygraphviz() or by_dot_command())


@cache
def by_pygraphviz() -> Renderer | None:
    """The renderer inside this process, or None where pygraphviz 2 is not installed."""
    try:
        import pygraphviz
    except (ImportError, OSError):  # OSError: there, but its libraries do not load
        return None

    def draw(dot: str, form: str) -> bytes:
        with _one_at_a_time, _quiet():
            graph = pygraphviz.AGraph(string=dot)
            try:
                return bytes(graph.draw(format=form, prog="dot"))
            except (ValueError, OSError) as error:
                raise RenderError(
                    f"Graphviz could not draw this picture as {form}: {error}"
                ) from error
            finally:
                graph.close()

    return draw


def by_dot_command() -> Renderer | None:
    """The renderer that runs Graphviz' dot command, or None where there is none on the PATH."""
    command = shutil.which("dot")
    if command is None:
        return None

    def draw(dot: str, form: str) -> bytes:
        done = subprocess.run(
            [command, f"-T{form}"], input=dot.encode(), capture_output=True, check=False, timeout=60
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise RenderError(
                f"Graphviz' dot command could not draw this picture as {form}: {said}"
            )
        return done.stdout

    return draw


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing reaches file descriptor 2, where the wheel's font library warns of newer settings."""
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # no standard error at all, as under pythonw
        yield
        return
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
