"""`ecs-lab export`: questions for other programs, and scores for a class's gradebook."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ecs_lab.coursefile import CourseFileError
from ecs_lab.export.formats import AS
from ecs_lab.quiz import own
from ecs_lab.quiz.command import TopicName
from ecs_lab.quiz.model import ORDERING, Question, Topic

if TYPE_CHECKING:
    from ecs_lab.export.scores import Item

EXAMS = ["CLF-C02", "SAA-C03", "DVA-C03", "SOA-C03", "DOP-C02"]


@click.group()
def export() -> None:
    """Write the questions, or scores, in the format of another program.

    Such a file has the answers in it: it is for your own cards, or for a teacher's course.
    """


class Format(NamedTuple):
    """A format of questions: its word, the file where none is named, what it is, who writes it."""

    word: str
    file: str
    help: str
    write: Callable[[tuple[Topic, ...], Path], None]


def _anki(topics: tuple[Topic, ...], out: Path) -> None:
    from ecs_lab.export import anki

    anki.write(topics, out)


def _moodle(topics: tuple[Topic, ...], out: Path) -> None:
    from ecs_lab.export import moodle_xml

    out.write_text(moodle_xml.document(topics), "utf-8")


def _gift(topics: tuple[Topic, ...], out: Path) -> None:
    from ecs_lab.export import gift

    left = sum(question.kind == ORDERING for topic in topics for question in topic.questions)
    out.write_text(gift.document(topics), "utf-8")
    if left:
        click.echo(f"GIFT has no ordering questions: {left} left out. 'moodle' has them.")


def _qti(topics: tuple[Topic, ...], out: Path) -> None:
    from ecs_lab.export import qti

    qti.write(topics, out)


def _csv(topics: tuple[Topic, ...], out: Path) -> None:
    from ecs_lab.export import table

    out.write_text(table.document(topics), "utf-8", newline="")


FORMATS = (
    Format("anki", "ecs-lab.apkg", "An Anki package: a deck a topic, a card a question.", _anki),
    Format("moodle", "ecs-lab-moodle.xml", "Moodle XML, for a question bank in Moodle.", _moodle),
    Format("gift", "ecs-lab.gift", "GIFT, Moodle's text format (no ordering questions).", _gift),
    Format("qti", "ecs-lab-qti.zip", "A QTI 2.1 package, for Canvas, Blackboard, TAO.", _qti),
    Format("csv", "ecs-lab.csv", "A table (CSV), a row a question, with all fields.", _csv),
)


def _command(form: Format) -> click.Command:
    """The command that writes questions in one format."""

    @click.argument("out", type=click.Path(path_type=Path, dir_okay=False), default=form.file)
    @click.option("--topic", "topics", type=TopicName(), multiple=True, help="Only this topic.")
    @click.option("--exam", "exams", type=click.Choice(EXAMS, case_sensitive=False),
                  multiple=True, help="Only questions for this exam.")  # fmt: skip
    @click.option("--replace", is_flag=True, help="Write over a file that is there.")
    def run(out: Path, topics: tuple[str, ...], exams: tuple[str, ...], replace: bool) -> None:
        chosen = _chosen(topics, exams)
        _writable(out, replace=replace)
        try:
            form.write(chosen, out)
        except (OSError, RuntimeError) as error:
            raise click.ClickException(str(error)) from None
        count = sum(len(topic.questions) for topic in chosen)
        click.echo(f"{out}: {count} questions on {len(chosen)} topics.")

    return click.command(form.word, help=form.help)(run)


for _form in FORMATS:
    export.add_command(_command(_form))


@export.command()
@click.argument("notebook", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@AS
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of the terminal.",
)
@click.option("--exercises", default="", metavar="IDS", help="Grade on these (with commas).")
@click.option("--learner", default="", help="Whose variants of the exercises to grade on.")
def scores(notebook: Path, kind: str, out: Path | None, exercises: str, learner: str) -> None:
    """Grade a NOTEBOOK, and write its score for Gradescope or Classroom 50, or as plain JSON.

    It is graded as pytest does it: in a process of its own, by the course's checks.
    """
    from ecs_lab.export.scores import NotInRunnerError, written

    items, notes = _graded(notebook, exercises, learner)
    try:
        data = written(kind, items, notes, {"notebook": notebook.name, "notes": notes})
    except NotInRunnerError as error:
        raise click.ClickException(str(error)) from None
    text = json.dumps(data, indent=2, ensure_ascii=False)
    if out is None:
        click.echo(text)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text + "\n", "utf-8")
    points, possible = sum(i.points for i in items), sum(i.possible for i in items)
    click.echo(f"{out}: {points} of {possible} points")


def _graded(notebook: Path, exercises: str, learner: str) -> tuple[list[Item], list[str]]:
    from ecs_lab.exercises import catalog, variants
    from ecs_lab.export.scores import of_reports
    from ecs_lab.grading.expected import expected
    from ecs_lab.grading.grade import grade

    wanted = expected(notebook, [each for each in exercises.split(",") if each]).ids
    if not wanted:
        raise click.ClickException(
            f"{notebook} names no exercise of the course: say which with --exercises."
        )
    try:
        loaded = [catalog.load(each, learner=variants.normal(learner) or None) for each in wanted]
    except catalog.UnknownExerciseError as error:
        raise click.ClickException(str(error)) from None
    report = grade(notebook, loaded)
    return of_reports(report.reports.values()), [*report.notes, *report.variants]


def _chosen(topics: tuple[str, ...], exams: tuple[str, ...]) -> tuple[Topic, ...]:
    """The topics asked for (all of them, with one's own), with the questions of the exams."""
    from dataclasses import replace

    try:
        everything = own.with_own().topics
    except CourseFileError as error:
        raise click.ClickException(f"The question files have faults:\n{error}") from None
    found = tuple(
        replace(topic, questions=questions)
        for topic in everything
        if (not topics or topic.name in topics) and (questions := _for(topic, exams))
    )
    if not found:
        raise click.ClickException("There is no such question: leave out --topic or --exam.")
    return found


def _for(topic: Topic, exams: tuple[str, ...]) -> tuple[Question, ...]:
    return tuple(q for q in topic.questions if not exams or {*exams} & {*q.exams})


def _writable(out: Path, *, replace: bool) -> None:
    if out.exists() and not replace:
        raise click.ClickException(
            f"{out} is there already: say --replace to write over it, or name another file."
        )
    if not out.parent.is_dir():
        raise click.ClickException(f"There is no folder {out.parent}: make it, or name another.")
