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

A proof does not know the key: it says what holds in the lab, and `proving.run` compares that with
what the question says. Options are named by how their text begins, so that a reworded one is
noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ecs_lab.quiz.model import Question
from ecs_lab.quiz.trace import ProofLab

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


class ProofError(ValueError):
    """A proof that is written wrongly: it names no option, or the same one twice."""


def proof(play: Scene) -> Proof:
    """Make a proof of a function; its docstring is the sentence that learners read first."""
    code = play.__code__
    about = " ".join((play.__doc__ or "").split())
    return Proof(code.co_name, about, play, code.co_filename, code.co_firstlineno)


@dataclass(frozen=True)
class Scenery:
    """What is drawn beside a question: a scene to build, and a sentence on what it shows."""

    name: str
    about: str
    build: Callable[[ProofLab], None]


def picture(build: Callable[[ProofLab], None]) -> Scenery:
    """Make the picture of a question (`picture:` in YAML) of a function that builds what it shows;
    the docstring is its title. It must show nothing of the answer.
    """
    return Scenery(build.__code__.co_name, " ".join((build.__doc__ or "").split()), build)


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
