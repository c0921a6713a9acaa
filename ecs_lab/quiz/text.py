"""Questions and verdicts as plain text, for the terminal and for places without widgets."""

from __future__ import annotations

import re
import string
import textwrap
from typing import TYPE_CHECKING

from ecs_lab.quiz.model import MATCHING, ORDERING
from ecs_lab.quiz.session import Answer, ChoiceError, Item, Session, Verdict

if TYPE_CHECKING:
    from ecs_lab.quiz.proofs import Finding
    from ecs_lab.quiz.proving import Outcome

LETTERS = string.ascii_uppercase
NUMBERS = string.digits[1:]


def question_text(item: Item, width: int = 80) -> str:
    """The stem, what to do, and the options with letters; nothing of the answer."""
    question = item.question
    lines = [wrapped(question.case.text, width, "Case: ", indent=0), ""] if question.case else []
    lines += [wrapped(f"{question.stem} {question.instruction}".strip(), width), ""]
    signs = NUMBERS if question.kind == MATCHING else LETTERS
    for sign, option in zip(signs, item.options, strict=False):
        lines.append(wrapped(option.text, width, f"  {sign}. "))
    if item.answers:
        lines.append("")
    for letter, answer in zip(LETTERS, item.answers, strict=False):
        lines.append(wrapped(answer, width, f"  {letter}. "))
    return "\n".join(lines)


def verdict_text(verdict: Verdict, width: int = 80) -> str:
    """Right or not, the reason for every option, and where to read on."""
    question = verdict.item.question
    lines = [summary(verdict), ""]
    signs = NUMBERS if question.kind == MATCHING else LETTERS
    for place in reading_order(verdict):
        label = f"  {signs[place]} ({standing(verdict, place)}): "
        lines.append(wrapped(verdict.item.options[place].why, width, label, indent=4))
    lines.append("")
    if question.exam_today:
        lines += [wrapped(question.exam_today, width, "Exam and today: ", indent=0)]
    lines += [f"Source (read {question.as_of}): {source}" for source in question.sources]
    lines.append(f"Read again: {question.lesson}")
    return "\n".join(lines)


def reading_order(verdict: Verdict) -> tuple[int, ...]:
    """Places of the options in the order in which their reasons are read."""
    if verdict.item.question.kind == ORDERING:
        return verdict.right
    return tuple(range(len(verdict.item.options)))


def summary(verdict: Verdict) -> str:
    """One sentence: right, or what would have been."""
    if verdict.correct:
        return "Right."
    letters = [LETTERS[place] for place in verdict.right]
    kind = verdict.item.question.kind
    if kind == ORDERING:
        return f"Not right: the order is {', '.join(letters)}."
    if kind == MATCHING:
        pairs = [f"{number}{letter}" for number, letter in zip(NUMBERS, letters, strict=False)]
        return f"Not right: the pairs are {', '.join(pairs)}."
    if len(letters) == 1:
        return f"Not right: the answer is {letters[0]}."
    return f"Not right: the answers are {', '.join(letters[:-1])} and {letters[-1]}."


def standing(verdict: Verdict, place: int) -> str:
    """What one option was, and whether it was chosen: `right, your choice`; `step 2, you: 3`."""
    kind = verdict.item.question.kind
    if kind == ORDERING:
        mine, right = verdict.chosen.index(place) + 1, verdict.right.index(place) + 1
        return f"step {right}, as you said" if mine == right else f"step {right}, you: {mine}"
    if kind == MATCHING:
        letter, yours = LETTERS[verdict.right[place]], LETTERS[verdict.chosen[place]]
        return f"{letter}, your choice" if yours == letter else f"{letter}, you: {yours}"
    word = "right" if place in verdict.right else "wrong"
    return f"{word}, your choice" if place in verdict.chosen else word


def part_right(verdict: Verdict, place: int) -> bool:
    """Whether one option is a right one of a choice, or in an order or match that is right."""
    if verdict.item.question.kind == ORDERING:
        return verdict.chosen.index(place) == verdict.right.index(place)
    if verdict.item.question.kind == MATCHING:
        return verdict.chosen[place] == verdict.right[place]
    return place in verdict.right


def parse_choice(text: str, item: Item) -> Answer:
    """An answer as people type it: `b`, `A C`, `a,c`, `AC`, `1 3` for a choice; `C A B` for an
    order; `2B 1A` or `A B` (for 1, 2) for matching.

    Raises `ChoiceError` for anything that names no option; how many are wanted the session checks.
    """
    words = text.upper().replace(",", " ").split()
    if item.question.kind == MATCHING:
        return _pairs(words, item)
    letters = LETTERS[: len(item.options)]
    signs = [sign for word in words for sign in (word if word.isalpha() else [word])]
    places = [letters.find(sign) if sign in letters else _number(sign) for sign in signs]
    if not places or not set(places) <= set(range(len(letters))):
        raise ChoiceError(f"Type letters from A to {letters[-1]}, for example {_example(item)}.")
    return tuple(places) if item.question.kind == ORDERING else tuple(sorted(set(places)))


def _example(item: Item) -> str:
    if item.question.kind == ORDERING:
        return " ".join(reversed(LETTERS[: len(item.options)]))
    return {1: "B", 2: "A C"}.get(item.question.select, "ACD")


def _pairs(words: list[str], item: Item) -> Answer:
    count, letters = len(item.options), LETTERS[: len(item.answers)]
    joined = "".join(words)
    found = re.findall(r"([1-9]?)([A-Z])", joined)
    if (
        not found
        or "".join(a + b for a, b in found) != joined
        or {b for _, b in found} - {*letters}
    ):
        raise ChoiceError(
            f"Type a letter from A to {letters[-1]} for each number, for example 1B 2A."
        )
    chosen = [-1] * count
    for place, (number, letter) in enumerate(found):
        at = int(number) - 1 if number else place
        if at >= count:
            raise ChoiceError(f"There are {count} to match; you typed {at + 1}.")
        chosen[at] = letters.index(letter)
    return tuple(chosen)


def proof_text(outcome: Outcome, item: Item, width: int = 80) -> str:
    """A proof as it was played: what was done, what came back, and what it says of the options."""
    lines = [wrapped(f"Shown in the lab: {outcome.proof.about}", width), ""]
    for number, step in enumerate(outcome.trace.steps, 1):
        lines.append(wrapped(step.call, width, f"{number:3}. ", indent=5))
        if step.answer:
            lines.append(wrapped(step.answer, width, "     -> ", indent=8))
    for picture in outcome.trace.pictures:
        lines += ["", picture.text]
    lines.append("")
    for option, finding in findings(outcome, item):
        word = "holds" if finding.holds else "does not hold"
        label = f"  {LETTERS[option]} {word}: "
        lines.append(wrapped(finding.found, width, label, indent=4))
    if outcome.trouble:
        lines.append(wrapped(f"The proof stopped: {outcome.trouble}", width))
    return "\n".join(lines)


def findings(outcome: Outcome, item: Item) -> list[tuple[int, Finding]]:
    """What a proof found, with the places of its options as they are shown to the learner."""
    places = {option.text: place for place, option in enumerate(item.options)}
    shown = [(places[each.text], each) for each in outcome.findings]
    return sorted(shown, key=lambda pair: pair[0])


def review_text(session: Session, width: int = 80) -> str:
    """The score, and the questions to look at again."""
    score = session.score
    lines = [f"Score: {score.right} of {score.answered} answered right."]
    if score.answered < score.total:
        lines.append(f"Not answered: {score.total - score.answered} of {score.total}.")
    wrong = [v.item.question for v in session.verdicts.values() if not v.correct]
    if wrong:
        lines.append("To review:")
        lines += [wrapped(f"{q.id}: {q.lesson}", width, "  - ") for q in wrong]
    return "\n".join(lines)


def _number(sign: str) -> int:
    return int(sign) - 1 if sign.isdecimal() else -1


def wrapped(text: str, width: int, label: str = "", indent: int | None = None) -> str:
    """Text after a label, later lines indented below it; words (addresses, code) stay whole."""
    below = " " * (len(label) if indent is None else indent)
    return textwrap.fill(
        text, width, initial_indent=label, subsequent_indent=below,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
