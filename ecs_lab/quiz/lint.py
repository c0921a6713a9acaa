"""What is wrong with questions though their files are valid: the rules of good items.

`lint(bank)` gives every fault as a `coursefile.Problem` with file, line, question and fix; each
rule is one function below. The rules on length and place look at a whole topic, because one
question whose answer is the longest says nothing, and a topic full of them gives itself away.
"""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ecs_lab import paths
from ecs_lab.coursefile import Problem, nearest
from ecs_lab.quiz import lint_proofs
from ecs_lab.quiz.model import NUMBERS, Bank, Question, Topic

PAGES = ("https://docs.aws.amazon.com/", "https://github.com/aws/")
MOST = 0.5  # of a topic's answers, how many may be the longest, the shortest, or in one place
FEW = 6  # topics with fewer questions than this are too small to judge by shares
ALIKE = 0.72  # share of words in common, in order, above which two questions ask the same


def lint(bank: Bank, notebooks: Path | None = None) -> list[Problem]:
    """All faults of the questions, by file and line; sections are looked up in `notebooks`."""
    problems: list[Problem] = []
    for question in bank.questions:
        for rule in _QUESTION_RULES:
            problems += rule(question)
    for topic in bank.topics:
        problems += _lengths(topic)
        problems += _places(topic)
    problems += _duplicate_ids(bank)
    problems += _near_duplicates(bank)
    problems += _concepts(bank)
    problems += _sections(bank, notebooks or paths.notebooks_dir())
    problems += lint_proofs.lint(bank)
    return sorted(problems)


def _problem(where: Question, field: str, expected: str, found: str, fix: str) -> Problem:
    return Problem(where.file, where.line, f"{where.id}.{field}", expected, found, fix)


# ------------------------------------------------------------------ rules on one question


def _right_count(question: Question) -> Iterator[Problem]:
    right = len(question.correct)
    if right != question.select:
        yield _problem(
            question, "select", f"{question.select} right option(s)", f"{right}",
            "Mark the right options 'correct: true', and let 'select' say how many they are.",
        )  # fmt: skip
    said = re.search(r"\b(?:select|choose) (one|two|three|four)\b", question.stem, re.IGNORECASE)
    if said:
        wanted = NUMBERS[question.select]
        found = f"{said.group()!r} in the stem"
        fix = f"Take it out: {wanted.upper()} is shown from 'select'."
        yield _problem(question, "stem", "no instruction to select", found, fix)
    if question.select > 1 and len(question.options) < 5:
        yield _problem(
            question, "options", "at least 5 options where several are right",
            f"{len(question.options)}", "Add a plausible wrong option.",
        )  # fmt: skip


_LUMPED = re.compile(
    r"(?i:\b(?:all|none|both|neither|any) of (?:the )?(?:above|below|these|others?|options)\b)"
    r"|\b(?:[Bb]oth|[Nn]either) [A-F] (?:and|n?or) [A-F]\b|\b[Oo]ptions? [A-F]\b"
)


def _lumped_options(question: Question) -> Iterator[Problem]:
    for option in question.options:
        if found := _LUMPED.search(option.text):
            yield _problem(
                question, "options", "an option that stands by itself", repr(found.group()),
                "Options are shuffled: write what it would say.",
            )  # fmt: skip


def _feedback(question: Question) -> Iterator[Problem]:
    for option in question.options:
        if len(option.why.split()) < 5:
            yield _problem(
                question, "options", "a reason of at least five words for every option",
                repr(option.why), "Say why it is right, or why it tempts and why it is wrong.",
            )  # fmt: skip


def _twins(question: Question) -> Iterator[Problem]:
    for text, count in Counter(option.text.casefold() for option in question.options).items():
        if count > 1:
            yield _problem(
                question, "options", "options that differ", f"{text!r} {count} times",
                "Replace one of them.",
            )  # fmt: skip


def _sources(question: Question) -> Iterator[Problem]:
    if not question.sources:
        yield _problem(question, "sources", "a page", "none", "Name the AWS page that proves it.")
    for source in question.sources:
        if not source.startswith(PAGES):
            fix = "Name the AWS page that proves it."
            yield _problem(question, "sources", f"a page of {' or '.join(PAGES)}", source, fix)


_NEGATIVE = re.compile(r"\b(?:not|never|except|cannot|least|without)\b|n't\b")


def _negative_stem(question: Question) -> Iterator[Problem]:
    """Only the question counts: the situation before it may well say that something fails."""
    asked = re.split(r"(?<=[.!:])\s+", question.stem)[-1]
    if found := _NEGATIVE.search(asked):
        yield _problem(
            question, "stem", "a negative word of the question in capitals", repr(found.group()),
            "Ask for what is true, or write the word in capitals.",
        )  # fmt: skip


def _stands_out(question: Question) -> Iterator[Problem]:
    right = [len(option.text) for option in question.options if option.correct]
    wrong = [len(option.text) for option in question.options if not option.correct]
    if right and wrong and min(right) > 1.5 * max(wrong) and min(right) > 40:
        yield _problem(
            question, "options", "wrong options about as long as the right one",
            f"{max(wrong)} characters beside {min(right)}", "Shorten it, or fill out the others.",
        )  # fmt: skip


_QUESTION_RULES: tuple[Callable[[Question], Iterator[Problem]], ...] = (
    _right_count, _lumped_options, _feedback, _twins, _sources, _negative_stem, _stands_out,
)  # fmt: skip


# ------------------------------------------------------------------ rules on one topic


def _lengths(topic: Topic) -> Iterator[Problem]:
    singles = [question for question in topic.questions if len(question.correct) == 1]
    for word, extreme in (("longest", max), ("shortest", min)):
        marked = [q for q in singles if _is_extreme(q, extreme)]
        if len(singles) >= FEW and len(marked) > MOST * len(singles):
            yield _of_topic(
                topic, f"answers of any length (at most half the {word})",
                f"the {word} option right in {len(marked)} of {len(singles)} questions",
                "Reword options of: " + ", ".join(q.id for q in marked) + ".",
            )  # fmt: skip


def _is_extreme(question: Question, extreme: Callable[[list[int]], int]) -> bool:
    lengths = [len(option.text) for option in question.options]
    (right,) = question.correct
    return lengths[right] == extreme(lengths) and lengths.count(lengths[right]) == 1


def _places(topic: Topic) -> Iterator[Problem]:
    singles = [question for question in topic.questions if len(question.correct) == 1]
    places = Counter(place for question in singles for place in question.correct)
    if len(singles) < FEW:
        return
    place, count = places.most_common(1)[0]
    if count > MOST * len(singles):
        yield _of_topic(
            topic, "right options spread over the places",
            f"the right one in place {place + 1} in {count} of {len(singles)} questions",
            "Move some.",
        )  # fmt: skip


def _of_topic(topic: Topic, expected: str, found: str, fix: str) -> Problem:
    return Problem(topic.questions[0].file, 1, "questions", expected, found, fix)


# ------------------------------------------------------------------ rules on the whole bank


def _duplicate_ids(bank: Bank) -> Iterator[Problem]:
    first: dict[str, Question] = {}
    for question in bank.questions:
        other = first.setdefault(question.id, question)
        if other is not question:
            found = f"the id {question.id!r} again (first in {other.file}:{other.line})"
            fix = "Give the newer question another id."
            yield _problem(question, "id", "an id of its own", found, fix)


def _near_duplicates(bank: Bank) -> Iterator[Problem]:
    """Pairs by difflib's ratio on words; its two cheap upper bounds spare most of the work."""
    words = [_WORD.findall(_gist(question)) for question in bank.questions]
    matcher = difflib.SequenceMatcher(autojunk=False)
    for i, question in enumerate(bank.questions):
        matcher.set_seq2(words[i])
        for j in range(i):
            matcher.set_seq1(words[j])
            if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
                continue
            if (ratio := matcher.ratio()) >= ALIKE:
                other = bank.questions[j]
                yield _problem(
                    question, "stem", "a question of its own",
                    f"{ratio:.0%} of the words of {other.id} ({other.file}:{other.line})",
                    "Ask from another side, or drop one.",
                )  # fmt: skip


_WORD = re.compile(r"\w+")


def _gist(question: Question) -> str:
    """What a question asks and answers, without its wrong options."""
    return " ".join([question.stem, *(o.text for o in question.options if o.correct)]).casefold()


def _concepts(bank: Bank) -> Iterator[Problem]:
    table = paths.quizzes_dir() / "concepts.csv"
    with table.open(encoding="utf-8", newline="") as file:
        known = [row["id"] for row in csv.DictReader(file)]
    for question in bank.questions:
        for concept in question.concepts:
            if concept not in known:
                expected, found = f"an id of {table.name}", repr(concept)
                fix = nearest(concept, [id_ for id_ in known if id_[:2] == concept[:2]] or known)
                yield _problem(question, "concepts", expected, found, fix)


def _sections(bank: Bank, notebooks: Path) -> Iterator[Problem]:
    anchors_of: dict[str, set[str] | None] = {}
    for question in bank.questions:
        name, _, heading = question.section.removeprefix("notebooks/").partition("#")
        if name not in anchors_of:
            notebook = notebooks / name
            anchors_of[name] = headings(notebook) if notebook.is_file() else None
        anchors = anchors_of[name]
        if anchors is None:
            have = sorted(path.name for path in notebooks.glob("*.ipynb"))
            fix = nearest(name, have) if have else "Write the notebook first."
            yield _problem(question, "section", "a notebook of the course", repr(name), fix)
        elif heading and heading not in anchors:
            fix = nearest(heading, anchors)
            yield _problem(question, "section", f"a heading of {name}", repr(heading), fix)


def headings(notebook: Path) -> set[str]:
    """JupyterLab's anchors of a notebook's headings: the text, with hyphens for spaces."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    found = re.findall(r"^#{1,6} +(.+?) *$", "\n".join(texts), re.MULTILINE)
    return {heading.replace(" ", "-") for heading in found}
