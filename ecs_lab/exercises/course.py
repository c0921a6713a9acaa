"""Proof that the course's own files are right: what `ecs-lab course check` runs.

For each exercise: its files are valid and complete, its links lead somewhere, the starter fails,
the solution passes, the nearly-right answer misses exactly the checks that are meant to catch it,
and a right answer reached another way passes. The questions are read by their own linter, and
each that names a proof is proven in a lab. An exercise with variants is proven in as many of them
as it takes for every choice to have its turn: all samples in the first, and in the others the two
that must still tell right from wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from ecs_lab import paths
from ecs_lab.coursefile import CourseFileError, Problem, nearest
from ecs_lab.exercises import catalog, learner, variants
from ecs_lab.exercises.catalog import CATALOG, SAMPLES, Exercise
from ecs_lab.exercises.report import Report, Result
from ecs_lab.quiz.lint import headings

Step = tuple[str, Callable[[], list[Problem]]]
"""A piece of work: its name for the progress bar, and what finds its problems."""

OF_LATER_VARIANTS = ("solution", "nearly_right")


def steps(folder: Path = CATALOG) -> list[Step]:
    """The whole proof in pieces, so that its progress can be shown."""
    pieces: list[Step] = []
    for file in sorted(folder.glob("*/exercise.yaml")):
        name = file.parent.name
        pieces.append((name, lambda name=name: check_texts(name, folder)))  # type: ignore[misc]  # the default binds the name
        for whose in _learners(name, folder):
            of = f" for {whose}" if whose else ""
            samples = OF_LATER_VARIANTS if whose else SAMPLES
            pieces += [
                (f"{name}: {each}{of}", _proof(name, each, folder, whose)) for each in samples
            ]
    return [*pieces, ("questions", check_questions), *_proof_steps()]


def check_texts(exercise_id: str, folder: Path = CATALOG) -> list[Problem]:
    """What is wrong in an exercise's files without running any of its samples."""
    try:
        exercise = catalog.load(exercise_id, folder)
        checks = [check.id for check in exercise.checks]
    except CourseFileError as error:
        return error.problems
    return [
        *_missing_samples(exercise),
        *_unknown_misses(exercise, checks),
        *_unknown_names(exercise),
        *_unused_choices(exercise),
        *_section_problems(exercise),
        *_concept_problems(exercise),
    ]


def check_sample(exercise: Exercise, sample: str) -> list[Problem]:
    """Run one sample answer, and say in what it does not do what it is there to show."""
    with variants.using(exercise.learner):
        ran = learner.play(learner.sample(exercise, sample))
    report = learner.grade(exercise, ran)
    problems = [_broken(exercise, result) for result in report.broken]
    if sample != "starter" or exercise.builds:  # others may end in the error they are about
        problems += [_wrong(exercise, sample, "", "no error", text) for text in ran.troubles]
    return problems + _verdict_problems(exercise, sample, report)


def _missing_samples(exercise: Exercise) -> Iterator[Problem]:
    for name in SAMPLES:
        if not exercise.sample(name).is_file():
            yield Problem(str(exercise.sample(name)), 1, "", "a sample answer", "none", "Write it.")


def _unknown_misses(exercise: Exercise, checks: list[str]) -> Iterator[Problem]:
    for wrong in exercise.nearly_misses:
        if wrong not in checks:
            yield exercise.problem(
                "nearly_right.misses", "ids of checks", repr(wrong), nearest(wrong, checks)
            )


def _unknown_names(exercise: Exercise) -> Iterator[Problem]:
    for name in SAMPLES:
        if exercise.sample(name).is_file():
            try:
                exercise.code(name)
            except CourseFileError as error:
                yield from error.problems


def _unused_choices(exercise: Exercise) -> Iterator[Problem]:
    files = [exercise.folder / "exercise.yaml", *sorted(exercise.folder.glob("*.py"))]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    for name in exercise.choices:
        if f"variant.{name}" not in text:
            yield exercise.problem(
                "variants", "names that are used", repr(name), f"Use variant.{name}, or remove it."
            )


def _learners(exercise_id: str, folder: Path) -> list[str]:
    """Names of learners in whose variants the samples are proven: all choices have their turn."""
    try:
        choices = catalog.load(exercise_id, folder, "").choices
    except CourseFileError:
        return [""]
    return ["", *(f"#{number}" for number in range(1, variants.count(choices)))]


def check_questions() -> list[Problem]:
    """What the questions' own linter finds."""
    from ecs_lab.quiz.bank import load_bank
    from ecs_lab.quiz.lint import lint

    try:
        return lint(load_bank())
    except CourseFileError as error:
        return error.problems


def _proof_steps() -> list[Step]:
    """One step for each question that the lab proves."""
    from ecs_lab.quiz.bank import load_bank
    from ecs_lab.quiz.proving import problems_of

    try:
        questions = [question for question in load_bank().questions if question.proof]
    except CourseFileError:
        return []  # check_questions tells it
    return [(f"proof of {each.id}", partial(problems_of, each)) for each in questions]


def _proof(exercise_id: str, sample: str, folder: Path, name: str) -> Callable[[], list[Problem]]:
    def prove() -> list[Problem]:
        try:
            return check_sample(catalog.load(exercise_id, folder, name), sample)
        except CourseFileError:
            return []  # check_texts tells it

    return prove


def _verdict_problems(exercise: Exercise, sample: str, report: Report) -> list[Problem]:
    missed = {result.id: result for result in report.results if result.status == "missed"}
    if sample == "starter" and exercise.builds and report.points:
        return [_wrong(exercise, sample, "", "no points for what is given", f"{report.points}")]
    if sample == "starter":
        return [] if missed else [_wrong(exercise, sample, "", "a missed check", "all passed")]
    expected = exercise.nearly_misses if sample == "nearly_right" else ()
    return [
        *(_wrong(exercise, sample, name, "missed, as exercise.yaml says", _status(report, name))
          for name in expected if name not in missed),
        *(_wrong(exercise, sample, name, "not missed", _told(result))
          for name, result in missed.items() if name not in expected),
    ]  # fmt: skip


def _wrong(exercise: Exercise, sample: str, check: str, expected: str, found: str) -> Problem:
    fix = f"Mend {sample}.py, or the check."
    return Problem(str(exercise.sample(sample)), 1, check, expected, found, fix)


def _broken(exercise: Exercise, result: Result) -> Problem:
    line = next(c.ask.__code__.co_firstlineno for c in exercise.checks if c.id == result.id)
    return Problem(str(exercise.folder / "checks.py"), line, result.id,
                   "passed or missed(...)", result.found, "Mend the check.")  # fmt: skip


def _told(result: Result) -> str:
    return f"missed: expected {result.expected}, found {result.found}"


def _status(report: Report, check: str) -> str:
    return next((r.status for r in report.results if r.id == check), "no such check")


def _section_problems(exercise: Exercise) -> Iterator[Problem]:
    folder = paths.notebooks_dir()
    name, _, heading = exercise.section.removeprefix("notebooks/").partition("#")
    if not (folder / name).is_file():
        have = [path.name for path in folder.glob("*.ipynb")]
        fix = nearest(name, have) if have else "Write the notebook first."
        yield exercise.problem("section", "a notebook of the course", repr(name), fix)
    elif heading not in (anchors := headings(folder / name)):
        yield exercise.problem("section", f"a heading of {name}", repr(heading),
                               nearest(heading, anchors))  # fmt: skip


def _concept_problems(exercise: Exercise) -> Iterator[Problem]:
    with (paths.quizzes_dir() / "concepts.csv").open(encoding="utf-8", newline="") as file:
        known = [row["id"] for row in csv.DictReader(file)]
    for concept in exercise.concepts:
        if concept not in known:
            near = [each for each in known if each[:2] == concept[:2]] or known
            yield exercise.problem("concepts", "an id of concepts.csv", repr(concept),
                                   nearest(concept, near))  # fmt: skip
