"""`ecs-lab exam`: mock exams in the terminal."""

from __future__ import annotations

import random
import sys
from datetime import datetime
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ecs_lab.coursefile import CourseFileError
from ecs_lab.exam import asking, blueprints, paper, sitting, text
from ecs_lab.exam.paper import Mode, Wish
from ecs_lab.exam.sitting import Sitting
from ecs_lab.export.formats import AS
from ecs_lab.progress import here
from ecs_lab.quiz import marks, own
from ecs_lab.quiz.command import WITH, TopicName

OUT = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default="ecs-lab-exam.html",
    show_default=True, help="The file to write.",
)  # fmt: skip


class ExamCode(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """The code of an exam; completes in the shell, and a wrong one gets the nearest right one."""

    name = "code"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code itself, when there is such an exam."""
        try:
            return blueprints.find(value).code
        except blueprints.UnknownExamError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Codes that begin with what was typed."""
        codes = [each.code for each in blueprints.load()]
        return [CompletionItem(code) for code in codes if code.startswith(incomplete.upper())]


@click.group()
def exam() -> None:
    """Sit a mock exam shaped like AWS's: timed, nothing said before the end.

    The questions are on Amazon ECS only. Begin with 'ecs-lab exam start SPRINT'.
    """


@exam.command("list")
def list_exams() -> None:
    """List the exams, their dates and shapes."""
    today = datetime.now().astimezone().date()
    for each in blueprints.load():
        click.secho(f"{each.code:8} {each.name}", bold=True)
        click.echo(f"         {text.shape(each)}")
        for domain in each.domains:
            click.echo(
                f"         {f'{domain.weight} %' if domain.weight else '  -'}  {domain.name}"
            )
        for said in blueprints.notices(each, today):
            if said != blueprints.ECS_ONLY:
                click.echo(f"         {said}")
    click.echo(f"\n{blueprints.ECS_ONLY}")


@exam.command()
@click.argument("code", type=ExamCode())
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default="timed",
    show_default=True,
    help="How to sit it.",
)
@click.option("--section", default="", help="A section of the exam, by its number or name.")
@click.option("--topic", type=TopicName(), default=None, help="One topic of the course.")
@click.option("--count", type=click.IntRange(min=1), help="So many questions.")
@click.option(
    "--extra-minutes",
    type=click.IntRange(min=0),
    default=0,
    help="Extra time, such as AWS's 30 minutes for non-native speakers of English.",
)
@click.option("--seed", type=int, help="Sit a paper again, by its seed.")
@WITH
def start(
    code: str, mode: str, section: str, topic: str | None, count: int | None,
    extra_minutes: int, seed: int | None, files: tuple[Path, ...],
) -> None:  # fmt: skip
    """Begin a mock exam like CODE, such as SAA-C03, or SPRINT for a short one on containers.

    Modes: timed (as the exam), final (as timed, new questions first), section, topic, missed
    (questions last answered wrong), review (no clock, reasons after each answer).
    """
    chosen = _mode(mode, section, topic)
    wish = Wish(
        chosen, random.randrange(1000, 10_000) if seed is None else seed, section, topic or "",
        count, extra_minutes, marks.missed(here()), sitting.seen(),
    )  # fmt: skip
    try:
        drawn = paper.draw(blueprints.find(code), own.with_own(files), wish)
    except CourseFileError as error:
        raise click.ClickException(
            f"The question files have faults:\n{error}\n"
            "Questions that you keep are put out of use by: ecs-lab import --remove NAME"
        ) from None
    except paper.NoPaperError as error:
        raise click.ClickException(str(error)) from None
    _refuse_second(code)
    for said in text.facts(drawn, datetime.now().astimezone().date()):
        click.echo(f"- {said}")
    if sys.stdin.isatty() and not click.confirm("\nBegin now?", default=True):
        click.echo("Not begun.")
        return
    asking.sit(sitting.begin(drawn, files=files))


@exam.command()
def resume() -> None:
    """Go on with the exam that was left open."""
    still, over = sitting.opened()
    for each in over:
        click.echo(f"{each.record.title}: time was over at {text.until(each)}; what you had "
                   "answered until then counts.\n")  # fmt: skip
        asking.show_result(each)
    if not still:
        click.echo("No exam is open. Begin one: ecs-lab exam start CODE")
        return
    asking.sit(still[-1])


@exam.command()
def history() -> None:
    """List the exams you sat, and how the scores went."""
    sitting.opened()  # closes those whose time is over
    click.echo(text.history_text(sitting.records()))


@exam.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@click.option("--wrong", is_flag=True, help="Only questions that were wrong or blank.")
def review(number: int | None, wrong: bool) -> None:
    """Read an exam again with all reasons: the last one, or NUMBER of 'ecs-lab exam history'."""
    found = _ended(number)
    places = [
        index for index in range(len(found.items))
        if not (wrong and found.verdict(index).correct)
    ]  # fmt: skip
    click.echo(f"{text.result_text(found, asking.width())}\n")
    click.echo_via_pager(text.review_text(found, places, asking.width()))


@exam.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@OUT
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
def report(number: int | None, out: Path, replace: bool) -> None:
    """Write an exam as a page (HTML) to print or keep: the last one, or NUMBER."""
    from ecs_lab.exam import report as page

    found = _ended(number)
    if out.exists() and not replace:
        raise click.ClickException(f"{out} is there already: say --replace, or name another file.")
    try:
        out.write_text(page.document(found, sitting.records()), "utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"Written: {out}. Open it in a browser, and print it from there.")


@exam.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@AS
def score(number: int | None, kind: str) -> None:
    """Print an exam's score as JSON, for a gradebook: a point for each question that counts."""
    import json

    from ecs_lab.exam.gradebook import as_data
    from ecs_lab.export.scores import NotInRunnerError

    try:
        data = as_data(_ended(number), kind)
    except NotInRunnerError as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


# ---------------------------------------------------------------------- finding it


def _mode(mode: str, section: str, topic: str | None) -> Mode:
    """The mode; --section and --topic stand for theirs."""
    if section and mode == "timed":
        return Mode.SECTION
    if topic and mode == "timed":
        return Mode.TOPIC
    if mode == "topic" and not topic:
        raise click.UsageError("Name the topic: --topic fargate ('ecs-lab quiz --list' has all).")
    return Mode(mode)


def _refuse_second(code: str) -> None:
    still, _ = sitting.opened()
    for each in still:
        if each.record.exam == code:
            ends = f"; it ends at {text.until(each)}" if each.deadline else ""
            raise click.ClickException(
                f"You are in an exam like {code} already{ends}. Go on with it: ecs-lab exam "
                "resume. Type 'end' there to hand it in."
            )


def _ended(number: int | None) -> Sitting:
    """The exam of a number of the history, or the last one that is over."""
    sitting.opened()
    all_of_them = sitting.records()
    over = [record for record in all_of_them if record.ended]
    if number is None and over:
        return sitting.load(over[-1])
    if number is None:
        raise click.ClickException("No exam is over yet. Begin one: ecs-lab exam start CODE")
    if number > len(all_of_them):
        raise click.ClickException(
            f"There is no exam {number}: 'ecs-lab exam history' lists {len(all_of_them)}."
        )
    record = all_of_them[number - 1]
    if not record.ended:
        raise click.ClickException(f"Exam {number} is not over: ecs-lab exam resume")
    return sitting.load(record)
