"""What is wrong with questions though their files are valid: the rules of good items.

`lint(bank)` gives every fault as a `coursefile.Problem` with file, line, question and fix; each
rule is one function. Rules on one question are in `lint_items.py`, on its words in
`lint_language.py`, on its proof in `lint_proofs.py`; here are those on a topic, an exam and the
whole bank. The rules on length and place look at many questions, because one question whose answer
is the longest says nothing, and a topic full of them gives itself away.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ecs_lab import paths
from ecs_lab.coursefile import Problem, nearest
from ecs_lab.quiz import coverage, lint_items, lint_language, lint_proofs, similarity
from ecs_lab.quiz.lint_items import problem
from ecs_lab.quiz.model import CHOICE, Bank, Question, Topic

MOST = 0.5  # of a topic's answers, how many may be the longest, the shortest, or in one place
FEW = 6  # topics with fewer questions than this are too small to judge by shares
ALIKE = 0.5  # likeness of two questions (ecs_lab/quiz/similarity.py) from which they ask the same


def lint(bank: Bank, notebooks: Path | None = None) -> list[Problem]:
    """All faults of the questions, by file and line; sections are looked up in `notebooks`."""
    problems: list[Problem] = []
    for question in bank.questions:
        for rule in (*lint_items.RULES, lint_language.plain):
            problems += rule(question)
    for topic in bank.topics:
        problems += _lengths(topic)
        problems += _places(topic.questions, "")
    for exam in sorted({exam for question in bank.questions for exam in question.exams}):
        asked = [question for question in bank.questions if exam in question.exams]
        problems += _places(asked, f" of {exam}")
    problems += _duplicate_ids(bank)
    problems += _near_duplicates(bank)
    problems += _concepts(bank)
    problems += _sections(bank, notebooks or paths.notebooks_dir())
    problems += lint_proofs.lint(bank)
    return sorted(set(problems))


# ------------------------------------------------------------------ rules on a topic and an exam


def _lengths(topic: Topic) -> Iterator[Problem]:
    singles = _singles(topic.questions)
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


def _singles(questions: Sequence[Question]) -> list[Question]:
    return [each for each in questions if each.kind == CHOICE and len(each.correct) == 1]


def _places(questions: Sequence[Question], of_what: str) -> Iterator[Problem]:
    """Right options are spread over the places, in the files too: who reads them learns nothing."""
    singles = _singles(questions)
    places = Counter(place for question in singles for place in question.correct)
    if len(singles) < FEW:
        return
    place, count = places.most_common(1)[0]
    if count > MOST * len(singles):
        yield Problem(
            singles[0].file, 1, "questions", f"right options{of_what} spread over the places",
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
            yield problem(question, "id", "an id of its own", found, fix)


def _near_duplicates(bank: Bank) -> Iterator[Problem]:
    questions = bank.questions
    for i, j, score in similarity.alike([_gist(question) for question in questions], ALIKE):
        earlier = questions[i]
        yield problem(
            questions[j], "stem", "a question of its own",
            f"{score:.0%} like {earlier.id} ({earlier.file}:{earlier.line})",
            "Ask from another side, or drop one.",
        )  # fmt: skip


def _gist(question: Question) -> str:
    """What a question asks and answers, without its wrong options."""
    told = [o.text for o in question.options if o.correct or question.kind != CHOICE]
    return " ".join([question.stem, *told])


def _concepts(bank: Bank) -> Iterator[Problem]:
    known = [concept.id for concept in coverage.concepts()]
    for question in bank.questions:
        for concept in question.concepts:
            if concept not in known:
                expected, found = "an id of concepts.csv", repr(concept)
                fix = nearest(concept, [id_ for id_ in known if id_[:2] == concept[:2]] or known)
                yield problem(question, "concepts", expected, found, fix)


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
            yield problem(question, "section", "a notebook of the course", repr(name), fix)
        elif heading and heading not in anchors:
            fix = nearest(heading, anchors)
            yield problem(question, "section", f"a heading of {name}", repr(heading), fix)


def headings(notebook: Path) -> set[str]:
    """JupyterLab's anchors of a notebook's headings: the text, with hyphens for spaces."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    found = re.findall(r"^#{1,6} +(.+?) *$", "\n".join(texts), re.MULTILINE)
    return {heading.replace(" ", "-") for heading in found}
