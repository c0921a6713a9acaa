"""`ecs-lab quiz TOPIC`: questions in the terminal, with or without one (pipes work too)."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ecs_lab.coursefile import CourseFileError
from ecs_lab.quiz import bank, own, text
from ecs_lab.quiz.model import Topic
from ecs_lab.quiz.session import ChoiceError, Item, Session

FRESH = 10
"""Questions that --generated asks where --count does not say."""


class TopicName(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """The name of a topic; completes in the shell, and a wrong one gets the nearest right one."""

    name = "topic"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """The name itself, when there is such a topic; a path of a file stays one."""
        if value.endswith(".yaml"):
            return value
        if value not in (known := bank.topic_names()):
            self.fail(str(bank.UnknownTopicError(value, known)), param, ctx)
        return value

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,
        incomplete: str,
    ) -> list[CompletionItem]:
        """Topics that begin with what was typed."""
        return [CompletionItem(name) for name in bank.topic_names() if name.startswith(incomplete)]


@click.command()
@click.argument("topic", type=TopicName(), required=False)
@click.option("--list", "listing", is_flag=True, help="List the topics and stop.")
@click.option("--count", type=click.IntRange(min=1), help="Ask only so many questions.")
@click.option("--seed", type=int, help="Repeat an earlier session, by the seed it printed.")
@click.option(
    "--show/--no-show",
    default=None,
    help="Show in the lab why: after each answer, or never (otherwise you are asked).",
)
@click.option("--generated", is_flag=True, help="Ask new questions, made from the seed.")
def quiz(
    topic: str | None,
    listing: bool,
    count: int | None,
    seed: int | None,
    show: bool | None,
    generated: bool,
) -> None:
    """Answer questions on a TOPIC (or of your own YAML file), with the reason for every option.

    With --generated the questions are always new; without a TOPIC they are on everything.

    Stop at any time with Ctrl-C (or Ctrl-D); you then see how far you came.
    """
    try:
        if listing or (topic is None and not generated):
            _list_topics()
            return
        seed = random.randrange(1000, 10_000) if seed is None else seed
        about = _topic(topic, count or FRESH, seed) if generated else _written(topic or "")
    except CourseFileError as error:
        raise click.ClickException(f"The question files have faults:\n{error}") from None
    questions = about.questions
    session = Session(questions, seed=seed, count=count)
    click.echo(f"{about.name}: {len(session.items)} questions (seed {seed}). Ctrl-C stops.\n")
    _run(session, min(shutil.get_terminal_size().columns, 96), show)


def _topic(name: str | None, count: int, seed: int) -> Topic:
    """Fresh questions on a topic, or on all that can be generated."""
    from ecs_lab.quiz import generators

    try:
        return generators.practice(bank.load_topic(name) if name else None, count, seed)
    except generators.UnknownGeneratorError as error:
        raise click.ClickException(str(error)) from None


def _written(name: str) -> Topic:
    """The questions of a topic, or of a file of one's own, which is checked as the course's are."""
    if not name.endswith(".yaml"):
        return bank.load_topic(name)
    (topic,) = own.checked([Path(name)])
    return topic


def _list_topics() -> None:
    topics = own.with_own().topics
    width = max(len(topic.name) for topic in topics)
    for topic in topics:
        click.echo(f"{topic.name:<{width}}  {topic.title}, {len(topic.questions)} questions")
    click.echo(f"\nStart with: ecs-lab quiz {topics[0].name}")


def _run(session: Session, width: int, show: bool | None) -> None:
    """Ask every question; a stop in between ends with the score like the end does."""
    total = len(session.items)
    try:
        for index, item in enumerate(session.items):
            click.secho(f"Question {index + 1} of {total}", bold=True)
            click.echo(f"{text.question_text(item, width)}\n")
            _ask(session, index)
            verdict = session.verdicts[index]
            colour = "green" if verdict.correct else "red"
            first, _, rest = text.verdict_text(verdict, width).partition("\n")
            click.secho(first, fg=colour, bold=True)
            click.echo(f"{rest}\n")
            _show_proof(item, width, show)
    except (click.Abort, KeyboardInterrupt):
        answered = session.score.answered
        click.echo(f"\n\nStopped after {answered} of {total} questions.")
    click.echo(text.review_text(session, width))


def _show_proof(item: Item, width: int, show: bool | None) -> None:
    """Play the proof of a question that was answered, if it has one and the learner wants it.

    A pipe is not asked: its next line is the next answer.
    """
    if show is False or (show is None and not sys.stdin.isatty()):
        return
    from ecs_lab.quiz import proving

    proven = proving.proof_of(item.question)
    if proven and (show or click.confirm("Show me in the lab?", default=False)):
        click.echo(f"{text.proof_text(proving.run(item.question, proven), item, width)}\n")


def _ask(session: Session, index: int) -> None:
    """Read answers until one can be judged. Raises `click.Abort` on Ctrl-C and end of input."""
    while True:
        typed = click.prompt("Your answer", default="", show_default=False)
        if not sys.stdin.isatty():
            click.echo(typed)  # a pipe shows no typing: keep what is printed readable
        try:
            session.answer(index, text.parse_choice(typed, session.items[index]))
        except ChoiceError as error:
            click.echo(str(error))
        else:
            return
