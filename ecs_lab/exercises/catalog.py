"""Catalog: the exercises, found, loaded and validated.

Each is a folder of `catalog/`: `exercise.yaml` (the texts), `checks.py` (the checks), `given.py` if
the learner starts from what it builds, and four samples that prove the checks:
`starter.py`, `solution.py`, `nearly_right.py`, `other_way.py`.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ecs_lab.coursefile import CourseFile, CourseFileError, Problem, nearest, read
from ecs_lab.exercises import variants
from ecs_lab.exercises.checks import Check
from ecs_lab.exercises.variants import UnknownChoiceError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

CATALOG = Path(__file__).parent / "catalog"
SCHEMA = Path(__file__).parent / "exercise.schema.json"
SAMPLES = ("starter", "solution", "nearly_right", "other_way")
"""The samples of an exercise: the first fails, the second passes, and so on."""


class UnknownExerciseError(LookupError):
    """No exercise has this id; the message names the nearest that there is."""

    def _render_traceback_(self) -> list[str]:  # how IPython shows it: the sentence alone
        return [str(self)]


@dataclass(frozen=True)
class Exercise:
    """An exercise as its course file defines it for one learner, whose variant is in all of it.

    The checks are loaded when first asked for.
    """

    folder: Path
    id: str
    title: str
    topic: str
    section: str
    concepts: tuple[str, ...]
    grade: str
    minutes: int
    task: str
    given: str
    hints: tuple[str, ...]
    solution_reason: str
    nearly_misses: tuple[str, ...]
    nearly_because: str
    sources: tuple[str, ...]
    as_of: str
    learner: str
    variant: variants.Variant
    _file: CourseFile = field(repr=False, compare=False)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks, in the order of `checks.py`; raises `CourseFileError` if that is faulty."""
        return _load_checks(self.folder / "checks.py", self.variant)

    @property
    def notebook(self) -> str:
        """The notebook that teaches it, such as `03-fargate`."""
        return self.section.partition("#")[0].removeprefix("notebooks/").removesuffix(".ipynb")

    @property
    def points(self) -> int:
        """Points that can be earned."""
        return sum(check.points for check in self.checks)

    def sample(self, name: str) -> Path:
        """Path of a sample: one of `SAMPLES`."""
        return self.folder / f"{name}.py"

    def code(self, name: str) -> str:
        """A sample's code with this learner's variant in it, as it is run and shown."""
        return _code(self.sample(name), self.variant).replace(variants.IMPORT, "", 1)

    @property
    def builds(self) -> bool:
        """Whether there is a `given.py`, which builds what the learner starts from."""
        return (self.folder / "given.py").is_file()

    def build(self, lab: Lab) -> None:
        """Build in a lab what the learner starts from; raises `CourseFileError`."""
        path = self.folder / "given.py"
        build = getattr(_module(path, self.variant), "build", None)
        if build is None:
            raise CourseFileError([_fault(path, 1, "no function build(lab)")])
        build(lab)

    @property
    def choices(self) -> variants.Choices:
        """What the variants of the exercise choose from; empty where all have the same."""
        choices: variants.Choices = self._file.data.get("variants", {})
        return choices

    def problem(self, field_name: str, expected: str, found: str, fix: str) -> Problem:
        """Something wrong in `exercise.yaml`, with the line of the field."""
        line = self._file.line(*field_name.split("."))
        return Problem(str(self._file.path), line, field_name, expected, found, fix)


def ids(catalog: Path = CATALOG) -> list[str]:
    """The ids of all exercises, in study order (by notebook, shorter ones first)."""
    return [exercise.id for exercise in load_all(catalog)]


def load(exercise_id: str, catalog: Path = CATALOG, learner: str | None = None) -> Exercise:
    """The exercise of this id, for the learner of this name (else of whoever works here).

    Raises `UnknownExerciseError` or `CourseFileError`.
    """
    known = _folders(catalog)
    if exercise_id not in known:
        raise UnknownExerciseError(
            f"There is no exercise {exercise_id!r}. {nearest(exercise_id, known)}"
        )
    return _load(known[exercise_id], variants.learner() if learner is None else learner)


def load_all(catalog: Path = CATALOG) -> list[Exercise]:
    """All exercises in study order; raises one `CourseFileError` with every problem of any."""
    exercises, problems, learner = [], [], variants.learner()
    for folder in _folders(catalog).values():
        try:
            exercises.append(_load(folder, learner))
        except CourseFileError as error:
            problems += error.problems
    if problems:
        raise CourseFileError(problems)
    return sorted(exercises, key=lambda each: (each.section.split("#")[0], each.minutes, each.id))


def _folders(catalog: Path) -> dict[str, Path]:
    return {file.parent.name: file.parent for file in sorted(catalog.glob("*/exercise.yaml"))}


_loaded: dict[tuple[Path, str], tuple[int, Exercise]] = {}


def _load(folder: Path, learner: str) -> Exercise:
    """The exercise of a folder, read again only when its course file has changed."""
    path, key = folder / "exercise.yaml", (folder, learner)
    stamp = path.stat().st_mtime_ns
    if key not in _loaded or _loaded[key][0] != stamp:
        _loaded[key] = stamp, _read(path, learner)
    return _loaded[key][1]


def _read(path: Path, learner: str = "") -> Exercise:
    file = read(path, SCHEMA)
    variant = variants.choose(file.data.get("variants", {}), file.data["id"], learner)
    values: dict[str, Any] = {
        name: _in_texts(file, name, value, variant)
        for name, value in file.data.items()
        if name != "variants"
    }
    nearly = values.pop("nearly_right")
    exercise = Exercise(
        folder=path.parent,
        nearly_misses=nearly["misses"],
        nearly_because=nearly["because"],
        learner=learner,
        variant=variant,
        _file=file,
        **values,
    )
    if exercise.id != path.parent.name:
        raise CourseFileError([
            exercise.problem("id", f"{path.parent.name!r}, the folder's name", repr(exercise.id),
                             "Make the two the same.")
        ])  # fmt: skip
    return exercise


def _in_texts(file: CourseFile, name: str, value: Any, variant: variants.Variant) -> Any:
    """A field's value with the variant in its texts; lists become tuples."""
    if isinstance(value, list):
        return tuple(_in_texts(file, name, each, variant) for each in value)
    if isinstance(value, dict):
        return {key: _in_texts(file, name, each, variant) for key, each in value.items()}
    try:
        return variants.in_text(value, variant) if isinstance(value, str) else value
    except UnknownChoiceError as error:
        raise CourseFileError([
            Problem(str(file.path), file.line(name), name, "a name of variants", error.name,
                    nearest(error.name, error.known))
        ]) from None  # fmt: skip


def _code(path: Path, variant: variants.Variant) -> str:
    """The code of a course file with the variant in it; raises `CourseFileError`."""
    try:
        return variants.in_code(path.read_text(encoding="utf-8"), variant)
    except OSError as error:
        raise CourseFileError([_fault(path, 1, error.strerror or "no file")]) from None
    except UnknownChoiceError as error:
        raise CourseFileError([
            Problem(str(path), error.line, "", "a name of variants", error.name,
                    nearest(error.name, error.known))
        ]) from None  # fmt: skip


def _module(path: Path, variant: variants.Variant) -> ModuleType:
    """A course file of Python, run; raises `CourseFileError`."""
    module = ModuleType(f"{path.stem} of {path.parent.name}")
    module.__file__ = str(path)
    try:
        code = compile(_code(path, variant), str(path), "exec")
        exec(code, module.__dict__)  # noqa: S102  # course files are code of this package
    except CourseFileError:
        raise
    except Exception as error:
        raise CourseFileError([_fault(path, _line_of(error, path), _said(error))]) from error
    return module


def _load_checks(path: Path, variant: variants.Variant) -> tuple[Check, ...]:
    """The checks that a file defines, in order."""
    module = _module(path, variant)
    checks = [item for item in vars(module).values() if isinstance(item, Check)]
    problems = list(_faults_of(path, checks))
    if problems:
        raise CourseFileError(problems)
    return tuple(checks)


def _faults_of(path: Path, checks: list[Check]) -> Iterable[Problem]:
    if not checks:
        yield _fault(path, 1, "no check in it")
    earlier: list[str] = []
    for check in checks:
        if check.needs and check.needs not in earlier:
            yield Problem(str(path), check.ask.__code__.co_firstlineno, f"{check.id}.needs",
                          "the id of an earlier check", repr(check.needs),
                          nearest(check.needs, earlier) if earlier else "Remove it.")  # fmt: skip
        earlier.append(check.id)


def _fault(path: Path, line: int, found: str) -> Problem:
    return Problem(str(path), line, "", "Python with what the exercise needs", found, "Mend it.")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _line_of(error: Exception, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    return (lines[-1] if lines else 1) or 1
