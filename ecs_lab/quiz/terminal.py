"""A practice in the terminal: questions one after another, answered by letters and a few words."""

from __future__ import annotations

import shutil
import sys
from collections import deque
from collections.abc import Callable
from difflib import get_close_matches

import click

from ecs_lab.quiz import explaining, text
from ecs_lab.quiz.practice import Practice
from ecs_lab.quiz.session import ChoiceError, Item

WORDS = {
    "flag": "mark the question to come back to it (again: take the mark off)",
    "explain": "what it is about, where that is taught, and how you answered it before",
    "skip": "ask it again at the end",
    "quit": "stop here; 'ecs-lab quiz --resume' goes on",
    "help": "this list",
}
"""What can be typed instead of an answer."""


class _LeftError(Exception):
    """The learner typed quit."""


def run(practice: Practice, show: bool | None) -> None:
    """Ask every question that is open; a stop in between ends with the score like the end does."""
    session, width = practice.session, min(shutil.get_terminal_size().columns, 96)
    total, first = len(session.items), practice.position
    left = deque(at for at in [*range(first, total), *range(first)] if at not in session.verdicts)
    try:
        while left:
            practice.catch_up()  # with what was answered in another window
            if left[0] in session.verdicts or _asked(practice, left[0], width, show):
                left.popleft()
            else:
                left.rotate(-1)
    except (click.Abort, KeyboardInterrupt, _LeftError):
        answered = session.score.answered
        click.echo(f"\n\nStopped after {answered} of {total} questions.")
        if answered:
            click.echo("Go on with: ecs-lab quiz --resume")
    click.echo(text.review_text(session, width))


def _asked(practice: Practice, place: int, width: int, show: bool | None) -> bool:
    """Ask one question; False when it was put off."""
    item = practice.session.items[place]
    flagged = " (flagged)" if item.question.id in practice.flags else ""
    click.secho(f"Question {place + 1} of {len(practice.session.items)}{flagged}", bold=True)
    click.echo(f"{text.question_text(item, width)}\n")
    practice.look(place)
    if not _answered(practice, place, width):
        return False
    verdict = practice.session.verdicts[place]
    first, _, rest = text.verdict_text(verdict, width).partition("\n")
    click.secho(first, fg="green" if verdict.correct else "red", bold=True)
    click.echo(f"{rest}\n{explaining.history(item.question)}\n")
    _show_proof(item, width, show)
    return True


def _answered(practice: Practice, place: int, width: int) -> bool:
    """Read until there is an answer (True) or the question is put off (False).

    Raises `click.Abort` on Ctrl-C and the end of input, `_LeftError` for quit.
    """
    while True:
        typed = click.prompt("Your answer", default="", show_default=False).strip()
        if not sys.stdin.isatty():
            click.echo(typed)  # a pipe shows no typing: keep what is printed readable
        word = typed.lower()
        if word == "skip":
            return False
        if word in _SAID:
            click.echo(text.wrapped(_SAID[word](practice, place), width))
            continue
        try:
            practice.answer(place, text.parse_choice(typed, practice.session.items[place]))
        except ChoiceError as error:
            click.echo(_perhaps_a_word(word) or str(error))
        else:
            return True


def _perhaps_a_word(typed: str) -> str:
    """What a slip of the finger was meant to be."""
    near = get_close_matches(typed, WORDS, n=1) if len(typed) > 2 else []
    return f"There is no word '{typed}'. Did you mean '{near[0]}'?" if near else ""


def _flag(practice: Practice, place: int) -> str:
    return "Flagged." if practice.flag(place) else "Flag removed."


def _explain(practice: Practice, place: int) -> str:
    return explaining.explained(practice.session.items[place].question)


def _help(_practice: Practice, _place: int) -> str:
    words = "; ".join(f"{word}: {what}" for word, what in WORDS.items())
    return f"Type the letters of your answer, or a word. {words}."


def _quit(_practice: Practice, _place: int) -> str:
    raise _LeftError


_SAID: dict[str, Callable[[Practice, int], str]] = {
    "flag": _flag, "explain": _explain, "help": _help, "?": _help, "quit": _quit, "exit": _quit,
}  # fmt: skip


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
