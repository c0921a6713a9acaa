"""Proofs: short scenes in a fresh lab that show of a question's options whether they are true.

A question names its proof in YAML (`proof: one_port_an_instance`); the proof is the function of
that name in `quizzes/proofs/<topic>.py` (hyphens of the topic as underscores):

    @proof
    def one_port_an_instance(lab: ProofLab, option: Options) -> None:
        '''Two instances, a service of three with a fixed host port: how many tasks run?'''
        scene.cluster(lab, instances=2)
        scene.definition(lab, scene.container(portMappings=[{"containerPort": 80, "hostPort": 80}]))
        scene.service(lab, count=3)
        running = len(scene.tasks(lab))
        option("Two tasks run").holds_if(running == 2, f"{running} tasks run")
        option("Three tasks run; two").holds_if(running == 3, f"{running} tasks run")

A proof does not know the key: it says what holds in the lab, and `run` compares that with what the
question says. Options are named by how their text begins, so that a reworded one is noticed.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ecs_lab import lab, paths
from ecs_lab.coursefile import CourseFileError, Problem
from ecs_lab.quiz.model import Question
from ecs_lab.quiz.trace import ProofLab, Trace

Scene = Callable[[ProofLab, "Options"], None]
"""What a proof is written as."""


@dataclass(frozen=True)
class Proof:
    """A proof as its author wrote it: a name, a sentence on what is tried, and the scene."""

    name: str
    about: str
    play: Scene
    file: str
    line: int


@dataclass(frozen=True)
class Finding:
    """What the lab says of one option: whether it holds, and what was seen."""

    place: int
    text: str
    holds: bool
    found: str
    key: bool

    @property
    def agrees(self) -> bool:
        """True when the question's key says the same."""
        return self.holds == self.key


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


class ProofError(ValueError):
    """A proof that is written wrongly: it names no option, or the same one twice."""


def proof(play: Scene) -> Proof:
    """Make a proof of a function; its docstring is the sentence that learners read first."""
    code = play.__code__
    about = " ".join((play.__doc__ or "").split())
    return Proof(code.co_name, about, play, code.co_filename, code.co_firstlineno)


class Claim:
    """One option of the question, on which the proof has something to say."""

    def __init__(self, options: Options, place: int) -> None:
        self._options, self._place = options, place

    def holds_if(self, truth: object, found: object) -> None:
        """Say whether what the option claims is so in the lab, and what was `found` there."""
        self._options.note(self._place, bool(truth), str(found))


class Options:
    """The options of the question to prove, called by how their text begins."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._findings: dict[int, Finding] = {}

    def __call__(self, start: str) -> Claim:
        """The one option whose text begins so; raises `ProofError` if none or several do."""
        return Claim(self, place_of(self._question, start))

    def __iter__(self) -> Iterator[str]:
        return iter([option.text for option in self._question.options])

    def values(self, found: object, expected: Mapping[str, object], saw: str = "{}") -> None:
        """Say of several options at once: each holds if its value is the one that was found.

        option.values(running, {"Two tasks": 2, "Three tasks": 3}, "{} tasks run")
        """
        for start, value in expected.items():
            self(start).holds_if(value == found, saw.format(found))

    def note(self, place: int, holds: bool, found: str) -> None:
        """Keep what was said of one option; raises `ProofError` if something was before."""
        option = self._question.options[place]
        if place in self._findings:
            raise ProofError(f"it speaks of the option {option.text!r} twice")
        self._findings[place] = Finding(place, option.text, holds, found, option.correct)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was said so far, in the order of the options."""
        return tuple(self._findings[place] for place in sorted(self._findings))


def place_of(question: Question, start: str) -> int:
    """The place (from 0) of the one option whose text begins with `start`, or is it.

    Raises `ProofError` if there is none, or more than one.
    """
    texts = [option.text for option in question.options]
    places = [i for i, text in enumerate(texts) if text == start]
    places = places or [i for i, text in enumerate(texts) if start and text.startswith(start)]
    if len(places) != 1:
        how = "no option begins" if not places else f"{len(places)} options begin"
        raise ProofError(f"{how} with {start!r}; the options are {texts}")
    return places[0]


# ------------------------------------------------------------------ finding


def file_of(topic: str, folder: Path | None = None) -> Path:
    """The module with the proofs of a topic, whether it is there or not."""
    return (folder or paths.quizzes_dir()) / "proofs" / f"{topic.replace('-', '_')}.py"


def load(topic: str, folder: Path | None = None) -> dict[str, Proof]:
    """The proofs of a topic by name; none if there is no module. Raises `CourseFileError`."""
    path = file_of(topic, folder)
    return _load(path, path.stat().st_mtime_ns) if path.is_file() else {}


@cache
def _load(path: Path, _stamp: int) -> dict[str, Proof]:
    module = ModuleType(f"proofs of {path.stem}")
    module.__file__ = str(path)
    try:
        exec(compile(path.read_text("utf-8"), str(path), "exec"), module.__dict__)  # noqa: S102  # course files are code of this package
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise CourseFileError([_fault(path, _line_of(error, str(path)), said)]) from error
    found = [value for value in vars(module).values() if isinstance(value, Proof)]
    return {each.name: each for each in found}


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
