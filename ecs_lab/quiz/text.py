"""Questions and verdicts as plain text, for the terminal and for places without widgets."""

from __future__ import annotations

import string
import textwrap

from ecs_lab.quiz.session import ChoiceError, Item, Session, Verdict

LETTERS = string.ascii_uppercase


def question_text(item: Item, width: int = 80) -> str:
    """The stem, what to select, and the options with letters; nothing of the answer."""
    lines = [_wrapped(f"{item.question.stem} {item.question.instruction}".strip(), width), ""]
    for letter, option in zip(LETTERS, item.options, strict=False):
        lines.append(_wrapped(option.text, width, f"  {letter}. "))
    return "\n".join(lines)


def verdict_text(verdict: Verdict, width: int = 80) -> str:
    """Right or not, the reason for every option, and where to read on."""
    question = verdict.item.question
    lines = [summary(verdict), ""]
    for place, option in enumerate(verdict.item.options):
        label = f"  {LETTERS[place]} ({standing(verdict, place)}): "
        lines.append(_wrapped(option.why, width, label, indent=4))
    lines.append("")
    if question.exam_today:
        lines += [_wrapped(question.exam_today, width, "Exam and today: ", indent=0)]
    lines += [f"Source (read {question.as_of}): {source}" for source in question.sources]
    lines.append(f"Read again: {question.lesson}")
    return "\n".join(lines)


def summary(verdict: Verdict) -> str:
    """One sentence: right, or which options would have been."""
    if verdict.correct:
        return "Right."
    letters = [LETTERS[place] for place in sorted(verdict.right)]
    if len(letters) == 1:
        return f"Not right: the answer is {letters[0]}."
    return f"Not right: the answers are {', '.join(letters[:-1])} and {letters[-1]}."


def standing(verdict: Verdict, place: int) -> str:
    """What one option was, and whether it was chosen: `right, your choice`."""
    word = "right" if place in verdict.right else "wrong"
    return f"{word}, your choice" if place in verdict.chosen else word


def parse_choice(text: str, item: Item) -> frozenset[int]:
    """Letters or numbers of options, as people type them: `b`, `A C`, `a,c`, `AC`, `1 3`.

    Raises `ChoiceError` for anything that names no option; how many are wanted the session checks.
    """
    letters = LETTERS[: len(item.options)]
    words = text.upper().replace(",", " ").split()
    signs = [sign for word in words for sign in (word if word.isalpha() else [word])]
    places = {letters.find(sign) if sign in letters else _number(sign) for sign in signs}
    if not places or not places <= set(range(len(letters))):
        example = (
            "B" if item.question.select == 1 else "A C" if item.question.select == 2 else "ACD"
        )
        raise ChoiceError(f"Type letters from A to {letters[-1]}, for example {example}.")
    return frozenset(places)


def review_text(session: Session, width: int = 80) -> str:
    """The score, and the questions to look at again."""
    score = session.score
    lines = [f"Score: {score.right} of {score.answered} answered right."]
    if score.answered < score.total:
        lines.append(f"Not answered: {score.total - score.answered} of {score.total}.")
    wrong = [v.item.question for v in session.verdicts.values() if not v.correct]
    if wrong:
        lines.append("To review:")
        lines += [_wrapped(f"{q.id}: {q.lesson}", width, "  - ") for q in wrong]
    return "\n".join(lines)


def _number(sign: str) -> int:
    return int(sign) - 1 if sign.isdecimal() else -1


def _wrapped(text: str, width: int, label: str = "", indent: int | None = None) -> str:
    """Text after a label, later lines indented below it; words (addresses, code) stay whole."""
    below = " " * (len(label) if indent is None else indent)
    return textwrap.fill(
        text, width, initial_indent=label, subsequent_indent=below,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
