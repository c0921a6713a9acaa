"""Running a learner's notebook or script, and checking the labs that it made.

    ran = play(read(Path("my-work.ipynb")))
    report = grade(load("fargate-first-service"), ran)

This runs in the process that calls it, and trusts the file: it is for the learner's own terminal
and for the course's own samples. Whoever marks other people's work uses `ecs_lab.grading`.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from ecs_lab.exercises import catalog, progress
from ecs_lab.exercises.run import run

if TYPE_CHECKING:
    from ecs_lab.exercises.catalog import Exercise
    from ecs_lab.exercises.report import Report

OUTPUT_CHARACTERS = 20_000
"""How much of what the learner's code prints is kept: a loop that prints must not fill memory."""


class NotReadableError(Exception):
    """The file cannot be run; the message is one sentence with the next step."""


class TimeUpError(BaseException):
    """The learner's code ran too long; no `except Exception` of theirs may swallow it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of code that is run as one: a notebook's cell, or a whole script."""

    name: str
    code: str
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be run: the cells of a file."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def exercises(self) -> list[str]:
        """Ids of the exercises that the code names, in the order of first mention."""
        known = set(catalog.ids())
        quoted = re.findall(r"""["']([a-z0-9-]+)["']""", "\n".join(c.code for c in self.cells))
        return list(dict.fromkeys(word for word in quoted if word in known))


@dataclass
class Ran:
    """What came of running a file: its worlds, what it checked itself, printed, and got wrong."""

    worlds: list[Any] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    output: str = ""


def read(path: Path) -> Source:
    """The cells of a notebook (`.ipynb`) or script; raises `NotReadableError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotReadableError(
            f"{path} cannot be read: {error.strerror}. Check the path."
        ) from None
    except UnicodeDecodeError:
        raise NotReadableError(f"{path} is not text in UTF-8. Give a .ipynb or .py file.") from None
    if path.suffix != ".ipynb":
        return Source(path, (Cell(path.name, text),))
    return Source(path, tuple(_notebook_cells(path, text)))


def sample(exercise: Exercise, name: str) -> Source:
    """A sample of an exercise, in the variant of the learner it was loaded for."""
    path = exercise.sample(name)
    return Source(path, (Cell(path.name, exercise.code(name)),))


def _notebook_cells(path: Path, text: str) -> Iterator[Cell]:
    try:
        cells = json.loads(text)["cells"]
        code = [(n, c) for n, c in enumerate(cells, 1) if c["cell_type"] == "code"]
        for number, cell in code:
            tags = cell.get("metadata", {}).get("tags", [])
            yield Cell(f"cell {number}", "".join(cell["source"]), "raises-exception" in tags)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise NotReadableError(
            f"{path} is no notebook that can be read. Open it in JupyterLab and save it again."
        ) from None


def play(source: Source) -> Ran:
    """Run the cells in order; an error is noted and, in a notebook, the next cell runs."""
    ran, printed = Ran(), _Output()
    with (
        _worlds_into(ran.worlds),
        progress.trial() as reports,
        _as_script(source.path, printed),
        _executor(source) as execute,
    ):
        for cell in source.cells:
            error, line = execute(cell)
            if error is not None and not (cell.may_fail or _is_plain_end(error, source)):
                ran.troubles.append(_sentence(cell, line, error))
            if isinstance(error, TimeUpError):
                break
    ran.reports, ran.output = reports, printed.getvalue()
    return ran


def grade(exercise: Exercise, ran: Ran) -> Report:
    """The best of what the code checked itself and of the states in which it left its labs."""
    from ecs_lab.lab import Lab

    reports = [report for report in ran.reports if report.exercise == exercise.id]
    for world in reversed(ran.worlds):
        if any(report.passed for report in reports):
            break
        with Lab(world=world) as lab:
            reports.append(run(exercise, lab))
    if not reports:
        with Lab() as empty:
            reports.append(run(exercise, empty))
    return max(reports, key=lambda report: report.points)


def _is_plain_end(error: BaseException, source: Source) -> bool:
    """Whether a script ended as scripts may: `sys.exit(main())` with nothing to complain about."""
    ended = isinstance(error, SystemExit) and error.code in (0, None)
    return ended and source.path.suffix != ".ipynb"


class _Output(io.StringIO):
    """What the code prints, up to a limit."""

    def write(self, text: str) -> int:
        room = OUTPUT_CHARACTERS - self.tell()
        if room > 0:
            super().write(text if len(text) <= room else f"{text[:room]}\n... (cut)\n")
        return len(text)


@contextlib.contextmanager
def _worlds_into(worlds: list[Any]) -> Iterator[None]:
    """Within the block, the world of every `Lab()` is noted, also if the lab is closed or reset."""
    from ecs_lab import lab as labs

    make, open_before = labs.new_world, labs.open_labs()

    def keeping_reset(world: Any) -> None:
        worlds.append(world.copy())
        type(world).reset(world)

    def note(seed: int, region: str) -> Any:
        world: Any = make(seed, region)
        world.reset = MethodType(keeping_reset, world)  # a bound method: copies get their own
        worlds.append(world)
        return world

    labs.new_world = note
    try:
        yield
    finally:
        labs.new_world = make
        for lab in labs.open_labs():
            if lab not in open_before:
                lab.close()


@contextlib.contextmanager
def _as_script(path: Path, printed: io.StringIO) -> Iterator[None]:
    """Within the block, the process looks to the code as if Python had been started on its file."""
    keep = sys.argv, sys.path, sys.stdin, sys.modules["__main__"]
    sys.argv, sys.path, sys.stdin = [str(path)], [str(path.parent), *sys.path], io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    finally:
        sys.argv, sys.path, sys.stdin, sys.modules["__main__"] = keep


Execute = Callable[[Cell], tuple[BaseException | None, int]]
"""Runs a cell; returns the error that it raised, if any, and the line of the cell."""


@contextlib.contextmanager
def _executor(source: Source) -> Iterator[Execute]:
    """IPython for a notebook, so that its magics work, if it is there; else plain Python."""
    if source.path.suffix != ".ipynb":
        yield _python(source.path)
        return
    try:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config
    except ImportError:
        yield _python(source.path)
        return
    shell: Any = InteractiveShell
    without_history = Config({"HistoryManager": {"enabled": False}})
    with tempfile.TemporaryDirectory() as folder:  # the learner's own ~/.ipython stays as it is
        try:
            yield _ipython(shell.instance(config=without_history, ipython_dir=folder))
        finally:
            shell.clear_instance()


def _python(path: Path) -> Execute:
    main = ModuleType("__main__")
    main.__file__ = str(path)
    sys.modules["__main__"] = main

    def execute(cell: Cell) -> tuple[BaseException | None, int]:
        try:
            exec(compile(_without_magics(cell), cell.name, "exec"), main.__dict__)  # noqa: S102  # the learner's own code
        except BaseException as error:  # also sys.exit and TimeUpError
            return error, _line(error, main.__dict__)
        return None, 0

    return execute


def _without_magics(cell: Cell) -> str:
    """The code with IPython's own lines blanked, so that line numbers stay."""
    if cell.code.startswith("%%"):
        return ""
    return re.sub(r"^[ \t]*[%!?].*$", "", cell.code, flags=re.MULTILINE)


def _ipython(shell: Any) -> Execute:
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None  # told by `troubles`

    def execute(cell: Cell) -> tuple[BaseException | None, int]:
        result = shell.run_cell(cell.code)
        error = result.error_before_exec or result.error_in_exec
        return error, _line(error, shell.user_ns) if error else 0

    return execute


def _line(error: BaseException, namespace: dict[str, Any]) -> int:
    """The line of the learner's code at which the error came up."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_globals is namespace:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _sentence(cell: Cell, line: int, error: BaseException) -> str:
    where = f"{cell.name}, line {line}" if line else cell.name
    if 0 < line <= len(lines := cell.code.splitlines()):
        where += f" ({lines[line - 1].strip()[:60]})"
    if isinstance(error, TimeUpError):
        return f"{where}: {error}"
    if isinstance(error, EOFError):
        return f"{where}: input() has nobody to answer it here. Write the value into the code."
    if isinstance(error, SystemExit):
        return f"{where}: sys.exit ends the run here. Remove it to have the rest checked."
    text = f"{type(error).__name__}: {error}"
    said_twice = re.match(r"\w+: (An error occurred .*)", text, re.DOTALL)  # AWS's own errors
    return f"{where}: {said_twice[1] if said_twice else text}"
