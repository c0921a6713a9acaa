"""`ecs-lab progress`: how a learner stands, what is next; all of it out as JSON and in again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from ecs_lab.coursefile import CourseFileError
from ecs_lab.exam.blueprints import ECS_ONLY, UnknownExamError
from ecs_lab.overview import exercises
from ecs_lab.overview.standing import ExamStanding, Overview, TopicStanding, between, overview
from ecs_lab.overview.standing import percent as in_percent
from ecs_lab.progress import exchange, here
from ecs_lab.quiz import own
from ecs_lab.quiz.explaining import in_words

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--exam", metavar="CODE", default="", help="Choose what is next for this exam.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--export", "to", type=FILE, help="Write all that is kept of you to a JSON file.")
@click.option("--import", "source", type=FILE, help="Take in what --export wrote.")
def progress(exam: str, as_json: bool, to: Path | None, source: Path | None) -> None:
    """Show what is done, how ready you are for each exam, and what is next, and why.

    --export and --import carry it to another machine; what is there already stays.
    """
    if to or source:
        _carry(to, source)
        return
    try:
        rows = exercises.rows()
        found = overview(own.readable(), here(), datetime.now(UTC), exam)
    except (CourseFileError, UnknownExamError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        data = {"exercises": [exercises.data(row) for row in rows], **asdict(found)}
        click.echo(json.dumps(data, indent=2, default=str))
        return
    questions = _questions(found) if found.answers else ["No question answered yet."]
    for line in ["Exercises", *exercises.lines(rows), "", "Questions", *questions, ""]:
        click.secho(line, bold=line in _HEADINGS or None)
    for each in found.suggestions:
        click.echo(f"Next: {each.what}: {each.why}.\n      ecs-lab {each.words}")
    click.echo(exercises.next_one(rows))


_HEADINGS = ("Exercises", "Questions", "Exams")


def _questions(found: Overview) -> list[str]:
    """Topics, what is due, exams."""
    width = max(len(topic.title) for topic in found.topics)
    topics = [_topic(topic, width) for topic in found.topics if topic.answered]
    new = sum(not topic.answered for topic in found.topics)
    return [
        *topics,
        *([f"  {new} more topics: nothing answered yet."] if new else []),
        *forecast_lines(found),
        "",
        "Exams",
        *[line for each in found.exams for line in exam_lines(each)],
        f"  {ECS_ONLY}",
    ]


def _topic(topic: TopicStanding, width: int) -> str:
    seen = f"{topic.answered} of {topic.questions} answered"
    due = f", {topic.due} due" if topic.due else ""
    return f"  {topic.title:<{width}}  {seen}{due}; new ones: {between(topic.share)} right"


def forecast_lines(found: Overview) -> list[str]:
    """What is due today and in the days after, and what is still known then."""
    if not found.forecast:
        return []
    today, last = found.forecast[0], found.forecast[-1]
    later = [f"{day.due} on {in_words(day.day)}" for day in found.forecast[1:] if day.due]
    until = in_words(last.day)
    kept, then = in_percent(today.retention), in_percent(last.retention)
    return [
        f"  Due today: {today.due}. Then: {', '.join(later) or 'none for some days'}.",
        f"  You know about {kept} of what you have seen; {then} on {until} without practice.",
    ]


def exam_lines(exam: ExamStanding) -> list[str]:
    """The probability to pass, or why there is none; and what to know of its days."""
    said = exam.why_not
    if exam.readiness:
        ready = exam.readiness
        said = f"passes with {between(ready.passing)}; {between(ready.share)} of answers right"
    return [f"  {exam.code}: {said}", *(f"    {notice}" for notice in exam.notices)]


def _carry(to: Path | None, source: Path | None) -> None:
    """Take in, then write out; a fault is one sentence, and nothing is changed."""
    try:
        if source:
            count = exchange.imported(source.read_text("utf-8"), here())
            click.echo(f"Taken in from {source}: {count} records that were new or later.")
        if to:
            if to.exists():
                raise click.ClickException(f"{to} is there already; name another file.")
            to.write_text(exchange.exported(here()), "utf-8")
            click.echo(f"Written to {to}. On another machine: ecs-lab progress --import {to.name}")
    except exchange.NotProgressError as error:
        raise click.ClickException(f"{source}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{to or source}: {error}") from None
