"""A mock exam in the terminal: one question after another, until the end or until time is over."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from ecs_lab.exam import text
from ecs_lab.exam.paper import Mode
from ecs_lab.exam.sitting import OverError, Sitting
from ecs_lab.quiz.session import ChoiceError
from ecs_lab.quiz.text import parse_choice, question_text

KEYS = (
    "Answer with letters (B, or A C); Enter goes on. !: flag, p: back, g 12: go to question 12, "
    "l: list, clear: no answer, end: hand in, h: this help. Ctrl-C leaves; the clock runs on."
)


def sit(now: Sitting) -> None:
    """Ask until it is handed in, time is over, or the learner leaves."""
    click.echo(f"\n{now.record.title}. {KEYS}\n")
    place = now.position
    try:
        with _ends_on_time(now):
            while (went := _one(now, place)) is not None:
                place = went
    except OverError:
        now.close_if_over()
    except (click.Abort, KeyboardInterrupt):
        now.close_if_over()
    if now.ended:
        show_result(now)
        return
    ends = f" It ends at {text.until(now)}." if now.deadline else ""
    click.echo(f"\n\nLeft open.{ends} Go on with: ecs-lab exam resume")


def _one(now: Sitting, place: int) -> int | None:
    """Show one question and do what is typed; the next place, None at the end."""
    if now.close_if_over():
        return None
    item, total = now.items[place], len(now.items)
    flag = ", flagged" if now.flagged(place) else ""
    clock = f", {text.left(now.left_s)} left" if now.deadline else ""
    click.secho(f"Question {place + 1} of {total}{clock}{flag}", bold=True)
    click.echo(f"{question_text(item, width())}\n")
    if chosen := now.chosen(place):
        click.echo(f"Your answer so far: {' '.join('ABCDEF'[each] for each in chosen)}")
    while True:
        typed = click.prompt("Answer", default="", show_default=False).strip()
        if not sys.stdin.isatty():
            click.echo(typed)  # a pipe shows no typing: keep what is printed readable
        went = _do(now, place, typed)
        if went != place or now.ended:
            return None if now.ended else went


def _do(now: Sitting, place: int, typed: str) -> int:
    """What one line of typing does; the place to show next (the same one: ask again)."""
    word, _, rest = typed.partition(" ")
    last = len(now.items) - 1
    if word == "":
        return _on(now, place)
    if word in ("p", "n"):
        return max(0, place - 1) if word == "p" else min(last, place + 1)
    if word == "g" and rest.strip().isdecimal() and 1 <= int(rest) <= last + 1:
        return int(rest) - 1
    if word == "!":
        click.echo("Flagged." if now.flag(place) else "Flag removed.")
    elif word == "l":
        click.echo(text.overview(now))
    elif word == "h":
        click.echo(KEYS)
    elif word == "clear":
        now.answer(place, ())
        click.echo("No answer now.")
    elif word == "end":
        _hand_in(now)
    else:
        return _answered(now, place, typed)
    return place


def _answered(now: Sitting, place: int, typed: str) -> int:
    """Take an answer. In review mode the reasons follow, and the answer stands."""
    item = now.items[place]
    if now.mode is Mode.REVIEW and now.chosen(place):
        click.echo("You have seen the reasons: that answer stands. Enter goes on.")
        return place
    try:
        places = parse_choice(typed, item)
        wanted = item.question.select
        if len(places) > wanted:
            raise ChoiceError(f"Choose {wanted} at most; you chose {len(places)}.")
    except ChoiceError as error:
        click.echo(f"{error} h shows what else can be typed.")
        return place
    now.answer(place, places)
    if len(places) < wanted:
        click.echo(f"Kept, but {wanted} are wanted: it counts as wrong until there are as many.")
        return place
    if now.mode is Mode.REVIEW:
        click.echo(f"\n{text.told(now, place, width())}\n")
    return _on(now, place)


def _on(now: Sitting, place: int) -> int:
    """The next question; from the last one, what is left to do."""
    if place < len(now.items) - 1:
        now.look_at(place + 1)
        return place + 1
    click.echo(f"\n{text.overview(now)}\nThat was the last question. "
               "'g 12' goes to question 12, 'end' hands in.")  # fmt: skip
    return place


def _hand_in(now: Sitting) -> None:
    blanks = len(now.blanks)
    asked = f"{blanks} without an answer. Hand in now?" if blanks else "Hand in now?"
    if not sys.stdin.isatty() or click.confirm(asked, default=False):
        now.finish()


@contextmanager
def _ends_on_time(now: Sitting) -> Iterator[None]:
    """Interrupt the waiting for a line when time is over, where the system can do that.

    Elsewhere the exam ends with the next line; what it says no longer counts.
    """
    if now.left_s is None or not hasattr(signal, "setitimer"):
        yield
        return

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise OverError("Time is over.")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, max(now.left_s, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def show_result(found: Sitting) -> None:
    """Say how an exam came out, and where to read on."""
    click.echo(f"\n\n{text.result_text(found, width())}")
    click.echo("\nRead all reasons: ecs-lab exam review --wrong. A page: ecs-lab exam report")


def width() -> int:
    """How wide lines are."""
    return min(shutil.get_terminal_size().columns, 96)
