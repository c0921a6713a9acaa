"""The rules of good items that one question keeps or breaks by itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from ecs_lab.coursefile import Problem
from ecs_lab.quiz.model import CHOICE, MATCHING, NUMBERS, ORDERING, Question

PAGES = ("https://docs.aws.amazon.com/", "https://aws.amazon.com/", "https://github.com/aws/")


def problem(where: Question, field: str, expected: str, found: str, fix: str) -> Problem:
    """A fault of a question, at its place in the file."""
    return Problem(where.file, where.line, f"{where.id}.{field}", expected, found, fix)


def _right_count(question: Question) -> Iterator[Problem]:
    right = len(question.correct)
    wanted_right = question.select if question.kind == CHOICE else 0
    if right != wanted_right:
        yield problem(
            question, "select", f"{wanted_right} right option(s)", f"{right}",
            "Mark the right options 'correct: true', and let 'select' say how many they are."
            if question.kind == CHOICE
            else "What is right here is the order, or the match of each option.",
        )  # fmt: skip
    said = re.search(r"\b(?:select|choose) (one|two|three|four)\b", question.stem, re.IGNORECASE)
    if said:
        wanted = NUMBERS[question.select]
        found = f"{said.group()!r} in the stem"
        fix = f"Take it out: {wanted.upper()} is shown from 'select'."
        yield problem(question, "stem", "no instruction to select", found, fix)


_COUNTS = {
    "one": (4, 4, "4 options where one is right"),
    "several": (5, 6, "at least 5 options where several are right"),
    ORDERING: (3, 5, "3 to 5 steps"),
    MATCHING: (3, 7, "3 to 7 pairs"),
}


def _option_count(question: Question) -> Iterator[Problem]:
    kind = question.kind if question.kind != CHOICE else "several" if question.select > 1 else "one"
    least, most, expected = _COUNTS[kind]
    if not least <= (count := len(question.options)) <= most:
        fix = "Add a plausible one." if count < least else "Leave the weakest out."
        yield problem(question, "options", expected, f"{count}", fix)


def _matches(question: Question) -> Iterator[Problem]:
    matched = [option for option in question.options if option.match]
    wanted = len(question.options) if question.kind == MATCHING else 0
    if len(matched) != wanted:
        yield problem(
            question, "options", f"{wanted} options with 'match'", f"{len(matched)}",
            "Only a question of the type matching has them, on every option.",
        )  # fmt: skip
    if question.others and (
        question.kind != MATCHING or {*question.others} & {option.match for option in matched}
    ):
        yield problem(question, "others", "answers that match nothing, in a matching question",
                      ", ".join(question.others), "Leave them out, or reword them.")  # fmt: skip


_LUMPED = re.compile(
    r"(?i:\b(?:all|none|both|neither|any) of (?:the )?(?:above|below|these|others?|options)\b)"
    r"|\b(?:[Bb]oth|[Nn]either) [A-F] (?:and|n?or) [A-F]\b|\b[Oo]ptions? [A-F]\b"
)


def _lumped_options(question: Question) -> Iterator[Problem]:
    for option in question.options:
        if found := _LUMPED.search(option.text):
            yield problem(
                question, "options", "an option that stands by itself", repr(found.group()),
                "Options are shuffled: write what it would say.",
            )  # fmt: skip


def _feedback(question: Question) -> Iterator[Problem]:
    for option in question.options:
        if len(option.why.split()) < 5:
            yield problem(
                question, "options", "a reason of at least five words for every option",
                repr(option.why), "Say why it is right, or why it tempts and why it is wrong.",
            )  # fmt: skip


def _twins(question: Question) -> Iterator[Problem]:
    for text, count in Counter(option.text.casefold() for option in question.options).items():
        if count > 1:
            yield problem(
                question, "options", "options that differ", f"{text!r} {count} times",
                "Replace one of them.",
            )  # fmt: skip


def _sources(question: Question) -> Iterator[Problem]:
    if not question.sources:
        yield problem(question, "sources", "a page", "none", "Name the AWS page that proves it.")
    for source in question.sources:
        if not source.startswith(PAGES):
            fix = "Name the AWS page that proves it."
            yield problem(question, "sources", f"a page of {' or '.join(PAGES)}", source, fix)


_NEGATIVE = re.compile(r"\b(?:not|never|except|cannot|least|without)\b|n't\b")


def _negative_stem(question: Question) -> Iterator[Problem]:
    """Only the question counts: the situation before it may well say that something fails."""
    asked = re.split(r"(?<=[.!:])\s+", question.stem)[-1]
    if found := _NEGATIVE.search(asked):
        yield problem(
            question, "stem", "a negative word of the question in capitals", repr(found.group()),
            "Ask for what is true, or write the word in capitals.",
        )  # fmt: skip


def _stands_out(question: Question) -> Iterator[Problem]:
    if question.kind != CHOICE:
        return
    right = [len(option.text) for option in question.options if option.correct]
    wrong = [len(option.text) for option in question.options if not option.correct]
    if right and wrong and min(right) > 1.5 * max(wrong) and min(right) > 40:
        yield problem(
            question, "options", "wrong options about as long as the right one",
            f"{max(wrong)} characters beside {min(right)}", "Shorten it, or fill out the others.",
        )  # fmt: skip


RULES: tuple[Callable[[Question], Iterator[Problem]], ...] = (
    _right_count, _option_count, _matches, _lumped_options, _feedback, _twins, _sources,
    _negative_stem, _stands_out,
)  # fmt: skip
