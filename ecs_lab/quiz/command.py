"""`ecs-lab quiz TOPIC`: questions in the terminal, with or without one (pipes work too)."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ecs_lab.coursefile import CourseFileError
from ecs_lab.quiz import bank, generators, own, terminal
from ecs_lab.quiz.choosing import FRESH, NothingToAskError, Wish, chosen, known_exam
from ecs_lab.quiz.practice import NothingLeftError, Practice, latest, open_sittings, when


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


WITH = click.option(
    "--with",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Questions of your own, from a YAML file.",
)


@click.command()
@click.argument("topic", type=TopicName(), required=False)
@click.option("--exam", metavar="CODE", default="", help="Only what is for an exam: DVA-C03.")
@click.option("--weak", is_flag=True, help="What you would most likely answer wrongly.")
@click.option("--due", is_flag=True, help="What you are about to forget, by FSRS.")
@click.option("--missed", is_flag=True, help="What you answered wrongly last time.")
@click.option("--flagged", is_flag=True, help="What you flagged.")
@click.option("--generated", is_flag=True, help="New questions, made from the seed.")
@click.option("--resume", is_flag=True, help="Go on with the practice that you left.")
@click.option("--list", "listing", is_flag=True, help="List the topics and stop.")
@click.option("--count", type=click.IntRange(min=1), help="Ask only so many questions.")
@WITH
@click.option("--seed", type=int, help="Repeat an earlier session, by the seed it printed.")
@click.option(
    "--show/--no-show",
    default=None,
    help="Show in the lab why: after each answer, or never (otherwise you are asked).",
)
def quiz(
    topic: str | None,
    exam: str,
    generated: bool,
    resume: bool,
    listing: bool,
    count: int | None,
    files: tuple[Path, ...],
    seed: int | None,
    show: bool | None,
    **ways: bool,
) -> None:
    """Answer questions on a TOPIC (or of your own YAML file), with the reason for every option.

    Without a TOPIC, --exam, --weak, --due, --missed, --flagged and --generated choose among all
    questions: the course's, those that you keep (ecs-lab import), and those of --with.

    Every answer is kept at once. Stop at any time with "quit", Ctrl-C or Ctrl-D; --resume goes on.
    """
    try:
        way = _one_way(ways)
        if resume:
            _alone(exam, way, generated, count, files, seed)
            practice = latest(topic or "")
        elif listing or not (topic or exam or way or generated):
            _list_topics()
            return
        else:
            seed = random.randrange(1000, 10_000) if seed is None else seed
            wish = Wish(topic or "", exam, way, count)
            plain = "" if exam or way or generated else topic
            _with_a_choice(files, generated or plain)
            practice = _left_before(plain) or _begun(wish, generated, seed, files)
    except CourseFileError as error:
        raise click.ClickException(f"The question files have faults:\n{error}") from None
    except (NothingToAskError, NothingLeftError, generators.UnknownGeneratorError) as error:
        raise click.ClickException(str(error)) from None
    plan, total = practice.sitting.plan, len(practice.session.items)
    many = "1 question" if total == 1 else f"{total} questions"
    click.echo(f"{plan['name']}: {many} (seed {plan['seed']}). Ctrl-C stops.\n")
    terminal.run(practice, show)


def _alone(*others: object) -> None:
    """A usage error for wishes beside --resume, which has to ask what was left."""
    if any(other for other in others if other is not None):
        raise click.UsageError(
            "--resume asks the rest of what you left: give it a TOPIC or nothing."
        )


def _with_a_choice(files: tuple[Path, ...], plain: object) -> None:
    """A usage error for --with where nothing is chosen among the files' questions."""
    if files and plain:
        raise click.UsageError(
            "--with goes with --exam, --weak, --due, --missed or --flagged. "
            f"To practise a file itself: ecs-lab quiz {files[0]}"
        )


def _one_way(ways: dict[str, bool]) -> str:
    """The way that was chosen; a usage error for two."""
    named = [way for way, on in ways.items() if on]
    if len(named) > 1:
        raise click.UsageError(f"Choose one of {', '.join(f'--{way}' for way in named)}.")
    return "".join(named)


def _begun(wish: Wish, generated: bool, seed: int, files: tuple[Path, ...]) -> Practice:
    """A new practice of what is wanted."""
    count = wish.count
    if generated:
        known = bank.load_topic(wish.topic) if wish.topic else None
        about = generators.practice(known, count or FRESH, seed)
    elif wish.exam or wish.way:
        topic, named = own.named(wish.topic)
        every = own.with_own([*files, *named])
        exam = known_exam(wish.exam, every) if wish.exam else ""
        count = count or FRESH
        wish = replace(wish, topic=topic, exam=exam, count=count)
        about = chosen(wish, every, datetime.now(UTC))
    else:
        about = own.topic(wish.topic)
    return Practice.new(about, seed=seed, count=count)


def _left_before(topic: str | None) -> Practice | None:
    """The practice of a topic that was left open, if the learner at the terminal wants it."""
    if not topic or not sys.stdin.isatty():
        return None
    left = [each for each in open_sittings() if each.plan["name"] == topic]
    if not left:
        return None
    practice = Practice.resumed(left[0])
    score = practice.session.score
    question = (
        f"You left this on {when(left[0])}, {score.answered} of {score.total} answered. Go on?"
    )
    return practice if click.confirm(question, default=True) else None


def _list_topics() -> None:
    topics = own.with_own().topics
    width = max(len(topic.name) for topic in topics)
    for topic in topics:
        click.echo(f"{topic.name:<{width}}  {topic.title}, {len(topic.questions)} questions")
    click.echo(f"\nStart with: ecs-lab quiz {topics[0].name}")
