'''A deployment's steps as they stand in a file: Python, cut by lines that begin with `# %%`.

    >>> text = """\'\'\'A cluster.\'\'\'
    ...
    ... from ecs_lab import Lab
    ...
    ... lab = Lab()
    ...
    ... # %% Cluster
    ... # An empty one.
    ... lab.client("ecs").create_cluster(clusterName="shop")
    ... """
    >>> script = parse(text, "mine.py")
    >>> script.title, [(step.title, step.text) for step in script.steps]
    ('A cluster', [('Cluster', ('An empty one.',))])
    >>> written(script) == text
    True

So a file of steps is also a script that runs by itself, and one of cells for editors that know the
form. The form is that of https://jupytext.readthedocs.io/en/latest/formats-scripts.html
'''

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

PAGE = "Page: "
"""How a comment begins that names where AWS says what the step's text says."""

_MARKER = re.compile(r"^# %%[ \t]*(.*)$", re.MULTILINE)


class ScriptError(ValueError):
    """A file of steps that cannot be read; says file, line, and what to do."""

    def _render_traceback_(self) -> list[str]:  # how IPython shows it: the sentence alone
        return [str(self)]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its title, what it is about in paragraphs, AWS's pages, and its code."""

    title: str
    text: tuple[str, ...]
    pages: tuple[str, ...]
    code: str
    head: str
    """The lines before the code, as they stand in the file."""


@dataclass(frozen=True, slots=True)
class Script:
    """The steps of one deployment; `before` is what a script needs that runs by itself."""

    name: str
    title: str
    about: str
    before: str
    steps: tuple[Step, ...]

    @property
    def setup(self) -> str:
        """What stands before the first step, without the docstring."""
        tree, lines = ast.parse(self.before), self.before.splitlines()
        first = tree.body[0].end_lineno if ast.get_docstring(tree) is not None else 0
        return "\n".join(lines[first:]).strip()


def parse(text: str, name: str) -> Script:
    """The steps that stand in a text; raises ScriptError."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    before, *rest = _MARKER.split(text)
    if not rest:
        raise ScriptError(
            f'{name}: there is no step in it. Put a line like "# %% The cluster" before each step.'
        )
    pairs = list(zip(rest[::2], rest[1::2], strict=True))
    steps = tuple(_step(number, *pair) for number, pair in enumerate(pairs, 1))
    title, about = _told(before, name)
    return Script(name, title, about, before, steps)


def _step(number: int, title: str, body: str) -> Step:
    lines = body.removeprefix("\n").splitlines()
    length = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    head = "\n".join([f"# %% {title}".rstrip(), *lines[:length]])
    told = "\n".join(line.removeprefix("#").strip() for line in lines[:length])
    paragraphs = [" ".join(each.split()) for each in re.split(r"\n(?:\n|(?=Page: ))", told)]
    pages = tuple(p.removeprefix(PAGE) for p in paragraphs if p.startswith(PAGE))
    text = tuple(each for each in paragraphs if each and not each.startswith(PAGE))
    code = "\n".join(lines[length:]).strip("\n")
    return Step(title.strip() or f"Step {number}", text, pages, code, head)


def _told(before: str, name: str) -> tuple[str, str]:
    """The title and the rest of the docstring with which a file begins."""
    try:
        docstring = ast.get_docstring(ast.parse(before)) or name
    except SyntaxError as error:
        raise ScriptError(
            f"{name}, line {error.lineno}: Python cannot read what stands before the first step: "
            f"{error.msg}. Mend it and open the steps again."
        ) from None
    title, _, about = docstring.partition("\n")
    return title.rstrip("."), " ".join(about.split())


def written(script: Script, codes: Sequence[str] | None = None) -> str:
    """The file's text, with these codes in place of the steps' own."""
    own = [step.code for step in script.steps] if codes is None else codes
    parts = [
        f"{step.head}\n{code}".rstrip("\n") + "\n"
        for step, code in zip(script.steps, own, strict=True)
    ]
    return script.before + "\n".join(parts)
