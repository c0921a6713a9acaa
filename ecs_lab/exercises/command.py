"""The terminal's words on exercises: check, watch, and course check for authors."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ecs_lab.coursefile import CourseFileError
from ecs_lab.exercises import calls, catalog, learner
from ecs_lab.exercises import progress as records
from ecs_lab.exercises.catalog import UnknownExerciseError
from ecs_lab.exercises.learner import NotReadableError, Source

if TYPE_CHECKING:
    from ecs_lab.exercises.report import Report
    from ecs_lab.exercises.watch import Outcome

T = TypeVar("T")

FILE = click.argument("file", type=click.Path(path_type=Path))
EXERCISE = click.argument("exercise", required=False)
LIMIT = click.option(
    "--limit", default=20.0, show_default=True, type=click.FloatRange(min=0.1),
    help="Seconds that the file may run.",
)  # fmt: skip
OUTPUT_LINES = 20


@click.command()
@FILE
@EXERCISE
@LIMIT
@click.option("--hint", is_flag=True, help="Show the next hint of what has not passed.")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
def check(file: Path, exercise: str | None, limit: float, hint: bool, as_json: bool) -> None:
    """Run a notebook or script and check what it built.

    Without EXERCISE, every exercise that the file names is checked (such as "ec2-bridge-service").
    Ends with 0 when all pass, with 1 otherwise.
    """
    from ecs_lab.exercises.watch import Judge

    source, wanted = _asked(file, exercise)
    with Judge(limit) as judge:
        outcome = judge(source, wanted)
    _record(outcome)
    if as_json:
        click.echo(json.dumps(_as_data(outcome), indent=2))
    else:
        _show(outcome)
    open_ones = [report.exercise for report in outcome.reports if not report.passed]
    if hint and open_ones and not as_json:
        _show_hint(open_ones[0])
    raise SystemExit(0 if outcome.passed and not outcome.troubles else 1)


@click.command()
@FILE
@EXERCISE
@LIMIT
def watch(file: Path, exercise: str | None, limit: float) -> None:
    """Check a notebook or script at each save.

    Keys: h for the next hint, r to check again, q to end (so does Ctrl-C).
    """
    from ecs_lab.exercises.keys import keys
    from ecs_lab.exercises.watch import POLL_S, Judge, saved, stamp

    _asked(file, exercise)  # a wrong path or id is said at once, not watched
    try:
        with Judge(limit, again=True) as judge, keys() as key:
            seen = stamp(file)
            now_open = _judge_once(judge, file, exercise)
            while (pressed := key(POLL_S)) != "q":
                if pressed == "h" and now_open:
                    _show_hint(now_open)
                if (changed := saved(file, seen)) or pressed == "r":
                    seen = changed or seen
                    now_open = _judge_once(judge, file, exercise)
    except KeyboardInterrupt:
        pass
    click.echo("Stopped watching. Your file is as you saved it.")


@click.group()
def course() -> None:
    """For authors: check the course's own files."""


@course.command(name="check")
@click.option("--only", metavar="TEXT", default="", help="Only steps whose name has this in it.")
@click.option("--coverage", is_flag=True, help="Count questions by topic and concept, and stop.")
def course_check(only: str, coverage: bool) -> None:
    """Prove every exercise with its samples; lint the questions, and play their proofs."""
    from ecs_lab.exercises.course import steps

    if coverage:
        click.echo(_or_fail(_coverage))
        return
    all_steps = steps()
    chosen = [step for step in all_steps if only in step[0]]
    if not chosen:
        raise click.BadParameter(
            _no_step(only, [name for name, _ in all_steps]), param_hint="--only"
        )
    problems = []
    with click.progressbar(
        chosen, label="Checking the course", item_show_func=lambda step: step[0] if step else ""
    ) as bar:
        for _, find in bar:
            problems += find()
    for problem in sorted(problems):
        click.echo(str(replace(problem, file=_short(problem.file))), err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} to mend in the course's files.")
    click.echo(f"The course is right: {len(chosen)} steps, no problem.")


def _no_step(only: str, steps: Iterable[str]) -> str:
    """That no step is called so, with the exercise or question that was meant, if one is near."""
    known = {name.partition(":")[0].removeprefix("proof of ") for name in steps}
    near = difflib.get_close_matches(only, known, n=1)
    meant = (
        f"Did you mean {near[0]!r}?" if near else "Give a part of an exercise's or question's id."
    )
    return f"No step has {only!r} in its name. {meant}"


def _coverage() -> str:
    from ecs_lab.quiz import bank, coverage

    return coverage.report(bank.load_bank())


def _short(file: str) -> str:
    """A path from where the author stands, if it is below."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def _asked(file: Path, exercise: str | None) -> tuple[Source, list[str]]:
    """The file and the ids to check; a usage error that names the next step otherwise."""
    try:
        source = learner.read(file)
        if exercise:
            catalog.load(exercise)
        wanted = [exercise] if exercise else source.exercises
    except (NotReadableError, UnknownExerciseError, CourseFileError) as error:
        raise click.ClickException(str(error)) from None
    if not wanted:
        raise click.UsageError(
            f"{file} names no exercise. Say which: ecs-lab check {file} EXERCISE, with one of "
            f"{', '.join(catalog.ids())}."
        )
    return source, wanted


def _judge_once(judge: Any, file: Path, exercise: str | None) -> str:
    """Run the file as it now is and show the verdict; returns the first exercise not passed."""
    click.clear()
    try:
        source, wanted = _asked(file, exercise)
    except click.ClickException as error:
        click.echo(error.format_message())
        return ""
    outcome: Outcome = judge(source, wanted)
    _record(outcome)
    _show(outcome)
    left = [report.exercise for report in outcome.reports if not report.passed]
    click.echo("\nWatching for the next save. Keys: h hint, r again, q end.")
    return left[0] if left else ""


def _record(outcome: Outcome) -> None:
    for report in outcome.reports:
        records.attempt(report)


def _show(outcome: Outcome) -> None:
    """What the file printed, what went wrong in it, and the reports."""
    if outcome.output.strip():
        click.echo("\n".join(outcome.output.rstrip().splitlines()[-OUTPUT_LINES:]) + "\n")
    for trouble in outcome.troubles:
        click.secho(trouble, fg="red")
    for report in outcome.reports:
        click.echo(_coloured(report))


def _coloured(report: Report) -> str:
    colours = {"passed": "green", "missed": "red", "broken": "magenta"}
    lines = str(report).splitlines()
    for place, line in enumerate(lines):
        word = line[2:13].strip() if line.startswith("  ") else ""
        lines[place] = click.style(line, fg=colours[word]) if word in colours else line
    return "\n".join(lines)


def _show_hint(exercise_id: str) -> None:
    click.echo(f"\n{calls.hint(exercise_id)}")


def _as_data(outcome: Outcome) -> dict[str, Any]:
    return {
        "passed": outcome.passed,
        "troubles": list(outcome.troubles),
        "reports": [report.to_json() for report in outcome.reports],
    }


def _or_fail(load: Callable[[], T]) -> T:
    try:
        return load()
    except CourseFileError as error:
        raise click.ClickException(str(error)) from None
