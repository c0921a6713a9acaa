"""Finding the proofs of a topic, playing them in fresh labs, comparing with the keys."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ecs_lab import lab, paths
from ecs_lab.coursefile import CourseFileError, Problem
from ecs_lab.quiz.model import Question
from ecs_lab.quiz.proofs import Finding, Options, Proof, Scenery
from ecs_lab.quiz.trace import ProofLab, Trace

if TYPE_CHECKING:
    from ecs_lab.diagram.picture import Picture


@dataclass(frozen=True)
class Outcome:
    """What came of running a proof."""

    proof: Proof
    question: Question
    trace: Trace
    findings: tuple[Finding, ...]
    trouble: str = ""

    @property
    def problems(self) -> list[Problem]:
        """Where the lab and the question disagree, or the proof does not work."""
        return list(_problems(self))


def file_of(topic: str, folder: Path | None = None) -> Path:
    """The module with the proofs of a topic, whether it is there or not."""
    return (folder or paths.quizzes_dir()) / "proofs" / f"{topic.replace('-', '_')}.py"


def load(topic: str, folder: Path | None = None) -> dict[str, Proof]:
    """The proofs of a topic by name; none if there is no module. Raises `CourseFileError`."""
    path = file_of(topic, folder)
    return _load(path, path.stat().st_mtime_ns) if path.is_file() else {}


def picture_of(question: Question) -> Picture | None:
    """The picture that stands beside a question, drawn of a lab; None if it has none."""
    path = file_of(question.topic, Path(question.file).parent if question.file else None)
    if not question.picture or not path.is_file():
        return None
    scenery = _module(path, path.stat().st_mtime_ns).get(question.picture)
    return _drawn(scenery) if isinstance(scenery, Scenery) else None


@cache
def _drawn(scenery: Scenery) -> Picture:
    with ProofLab(_fresh_world().copy()) as fresh:
        scenery.build(fresh)
        return fresh.diagram(scenery.about or None)


def _load(path: Path, stamp: int) -> dict[str, Proof]:
    found = [value for value in _module(path, stamp).values() if isinstance(value, Proof)]
    return {each.name: each for each in found}


def pictures(topic: str, folder: Path | None = None) -> set[str]:
    """Names of the pictures that a topic's module has."""
    path = file_of(topic, folder)
    found = _module(path, path.stat().st_mtime_ns).values() if path.is_file() else ()
    return {each.name for each in found if isinstance(each, Scenery)}


@cache
def _module(path: Path, _stamp: int) -> dict[str, Any]:
    module = ModuleType(f"proofs of {path.stem}")
    module.__file__ = str(path)
    try:
        exec(compile(path.read_text("utf-8"), str(path), "exec"), module.__dict__)  # noqa: S102  # course files are code of this package
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise CourseFileError([_fault(path, _line_of(error, str(path)), said)]) from error
    return vars(module)


def _fault(path: Path, line: int, found: str) -> Problem:
    return Problem(str(path), line, "", "Python with functions marked @proof", found, "Mend it.")


def _line_of(error: Exception, path: str) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 1 for f in reversed(frames) if f.filename == path), 1)


def proof_of(question: Question) -> Proof | None:
    """The proof that a question names; None if it names none, or one that is not there."""
    if not question.proof:
        return None
    folder = Path(question.file).parent if question.file else None
    return load(question.topic, folder).get(question.proof)


# ------------------------------------------------------------------ running


@cache
def _fresh_world() -> Any:
    """A world as every lab begins; each proof plays in a copy, which takes milliseconds."""
    return lab.local_world(0, "us-east-1")


def run(question: Question, proven: Proof) -> Outcome:
    """Play a proof in a lab of its own; nothing of the learner's lab is touched."""
    options, trouble = Options(question), ""
    with ProofLab(_fresh_world().copy()) as fresh:
        try:
            proven.play(fresh, options)
        except Exception as error:  # shown as a problem of the course file, with its line
            line = _line_of(error, proven.file)
            trouble = f"line {line}: {type(error).__name__}: {error}"
    return Outcome(proven, question, fresh.trace, options.findings, trouble)


def problems_of(question: Question) -> list[Problem]:
    """What running a question's proof finds wrong; nothing where the proof is not there, which
    the linter tells.
    """
    try:
        proven = proof_of(question)
    except CourseFileError:
        return []
    return run(question, proven).problems if proven else []


def _problems(outcome: Outcome) -> Iterator[Problem]:
    proven, question = outcome.proof, outcome.question
    where = (proven.file, proven.line, f"{question.id}.{proven.name}")
    if outcome.trouble:
        yield Problem(*where, "a scene that plays to its end", outcome.trouble, "Mend the proof.")
        return
    for each in outcome.findings:
        if not each.agrees:
            yield Problem(
                *where, f"{each.text!r} to be {'right' if each.key else 'wrong'}, as the key says",
                f"in the lab it {'holds' if each.holds else 'fails'}: {each.found}",
                "Mend the question, the proof or the lab.",
            )  # fmt: skip
    silent = question.correct - {each.place for each in outcome.findings}
    for place in sorted(silent):
        yield Problem(
            *where, "a word on every right option",
            f"nothing on {question.options[place].text!r}",
            "Say when it holds: option(...).holds_if(...).",
        )  # fmt: skip
