"""`ecs-lab doctor`: looks at all that the course needs; says what to do where it is missing."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import click
from packaging.requirements import Requirement

from ecs_lab.paths import data_dir, notebooks_dir, quizzes_dir, repository_dir
from ecs_lab.study import workingcopy
from ecs_lab.study.command import FOLDER, chosen

AGAIN = "Install ecs-lab again: python3 run.py in a clone, or pip install --upgrade ecs-lab."
MARKS = {"ok": "[green]OK[/]", "note": "[yellow]note[/]", "problem": "[red]problem[/]"}


@dataclass(frozen=True)
class Finding:
    """What one look found; a note is worth knowing but stops nothing."""

    name: str
    state: Literal["ok", "note", "problem"]
    found: str
    next_step: str = ""


@click.command()
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--coverage", is_flag=True, help="Instead, list the ECS API's operations and which work here."
)
def doctor(folder: Path | None, as_json: bool, coverage: bool) -> None:
    """Check this installation, and say what to do where something is missing.

    The exit code is 1 where there is a problem.
    """
    if coverage:
        from ecs_lab.study.coverage import show

        show(as_json=as_json)
        return
    findings = examine(chosen(folder))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        _print(findings)
    sys.exit(any(finding.state == "problem" for finding in findings))


def examine(folder: Path) -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("tested versions", _pins),
        ("pictures", _pictures),
        ("JupyterLab", _jupyterlab),
        ("course", _course),
        ("working copy", lambda: _working_copy(folder)),
        ("progress", _progress),
        ("lab", _lab),
    ]
    return [_look(name, look) for name, look in looks]


def _look(name: str, look: Callable[[], Finding]) -> Finding:
    """A look that fails itself is a finding as well, never a traceback."""
    try:
        return look()
    except Exception as error:  # whatever it is, the learner has to hear of it
        return Finding(name, "problem", f"{type(error).__name__}: {error}", AGAIN)


def _python() -> Finding:
    return Finding("Python", "ok", f"{platform.python_version()} in {sys.prefix}")


def _packages() -> Finding:
    """Each package that the course needs, and the range in which it was tested."""
    wrong = []
    for text in metadata.requires("ecs-lab") or []:
        need = Requirement(text)
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        version = _version(need.name)
        if version is None:
            wrong.append(f"{need.name} is missing")
        elif not need.specifier.contains(version, prereleases=True):
            wrong.append(f"{need.name} {version} is not {need.specifier}")
    if wrong:
        return Finding("packages", "problem", "; ".join(wrong), AGAIN)
    return Finding("packages", "ok", f"all there; moto {_version('moto')}")


def _pins() -> Finding:
    """What is installed against requirements.lock, where there is one (in a clone)."""
    root = repository_dir()
    if root is None or not (root / "requirements.lock").is_file():
        return Finding("tested versions", "ok", "not a clone: the ranges above hold")
    text = (root / "requirements.lock").read_text("utf-8")
    pins: dict[str, list[str]] = {}  # more than one where they depend on the Python version
    for name, pin in re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", text, re.MULTILINE):
        pins.setdefault(name, []).append(pin)
    other = [
        f"{name} {there} (tested: {' or '.join(tested)})"
        for name, tested in pins.items()
        if (there := _version(name)) is not None and there not in tested
    ]
    if other:
        few = ", ".join(other[:3]) + (f" and {len(other) - 3} more" if len(other) > 3 else "")
        step = "Only if something fails: delete .venv and run python3 run.py."
        return Finding("tested versions", "note", f"others than tested: {few}", step)
    return Finding("tested versions", "ok", "as in requirements.lock")


def _pictures() -> Finding:
    if find_spec("pygraphviz"):
        import pygraphviz

        return Finding("pictures", "ok", f"Graphviz in pygraphviz {pygraphviz.__version__}")
    if dot := shutil.which("dot"):
        return Finding("pictures", "ok", f"Graphviz at {dot}")
    step = "Pictures are then drawn in the browser only; elsewhere install Graphviz (graphviz.org)."
    return Finding("pictures", "note", "no Graphviz on this machine", step)


def _jupyterlab() -> Finding:
    extensions = Path(sys.prefix, "share", "jupyter", "labextensions")
    missing = [
        name
        for name in ("@jupyter-widgets/jupyterlab-manager", "anywidget")
        if not (extensions / name / "package.json").is_file()
    ]
    if missing:
        found = f"JupyterLab {_version('jupyterlab')} without {', '.join(missing)} in {extensions}"
        return Finding("JupyterLab", "problem", found, AGAIN)
    return Finding("JupyterLab", "ok", str(_version("jupyterlab")))


def _course() -> Finding:
    """The course's own files; a missing folder or an empty one raises."""
    notebooks = [n for n in workingcopy.originals(notebooks_dir()) if n.endswith(".ipynb")]
    questions = list(quizzes_dir().glob("*.yaml"))
    found = f"{len(notebooks)} notebooks, {len(questions)} files of questions"
    if not notebooks or not questions:
        return Finding("course", "problem", found, AGAIN)
    return Finding("course", "ok", found)


def _working_copy(folder: Path) -> Finding:
    if not folder.exists():
        above = next(parent for parent in folder.parents if parent.exists())
        if not os.access(above, os.W_OK):
            return Finding("working copy", "problem", f"{above}: no right to write", _elsewhere())
        return Finding("working copy", "ok", f"not yet made; 'ecs-lab study' makes {folder}")
    if problem := _cannot_write(folder):
        return Finding("working copy", "problem", problem, _elsewhere())
    names = [name for name in workingcopy.originals(notebooks_dir()) if name.endswith(".ipynb")]
    there = sum((folder / name).is_file() for name in names)
    return Finding("working copy", "ok", f"{folder}: {there} of {len(names)} notebooks")


def _elsewhere() -> str:
    return "Name a folder of your own with --folder, or in the variable ECS_LAB_FOLDER."


def _progress() -> Finding:
    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem: str | None = f"{folder}: {error.strerror}"
    else:
        problem = _cannot_write(folder)
    if problem:
        step = "Name a folder of your own in the variable ECS_LAB_DATA."
        return Finding("progress", "problem", problem, step)
    return Finding("progress", "ok", str(folder))


def _cannot_write(folder: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"{folder}: {error.strerror}"


def _lab() -> Finding:
    """A tiny lab, with every way out of this machine closed: it must work without any."""
    import boto3

    from ecs_lab.lab import Lab

    with _no_way_out() as tried, Lab() as lab:
        lab.client("ecs").create_cluster(clusterName="doctor")
        arns = boto3.client("ecs", region_name="us-east-1").list_clusters()["clusterArns"]
    if tried or not any(arn.endswith("cluster/doctor") for arn in arns):
        found = f"tried to reach {tried[0]}" if tried else "a cluster was made but is not listed"
        return Finding("lab", "problem", found, AGAIN)
    return Finding("lab", "ok", "built a cluster; no request left this machine")


@contextmanager
def _no_way_out() -> Iterator[list[str]]:
    """Refuse and note every connection that Python code makes meanwhile."""
    tried: list[str] = []

    def refuse(_self: socket.socket, address: Any, *_rest: Any) -> None:
        tried.append(str(address))
        raise ConnectionRefusedError(f"ecs-lab doctor refuses the way to {address}")

    real = socket.socket.connect
    socket.socket.connect = refuse  # type: ignore[method-assign,assignment] # put back below
    try:
        yield tried
    finally:
        socket.socket.connect = real  # type: ignore[method-assign] # as it was


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _print(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("", "", "found", "next step"):
        table.add_column(title, overflow="fold")
    for finding in findings:
        cells = (finding.name, escape(finding.found), escape(finding.next_step))
        table.add_row(MARKS[finding.state], *cells)
    Console().print(table)
