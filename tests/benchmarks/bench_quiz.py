"""How long the question bank takes, with 400 questions made for the purpose.

    python tests/benchmarks/bench_quiz.py

Prints a table in Markdown: what, and the median processor time of several runs (a busy machine does
not matter). Nothing here asserts a time.
The questions are those of the course and of the generators, written out as YAML in a folder of
their own; the proofs are the course's.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from ecs_lab import paths
from ecs_lab.overview.standing import overview
from ecs_lab.progress import Answer, Store
from ecs_lab.quiz import proving
from ecs_lab.quiz.bank import load_bank
from ecs_lab.quiz.cards import Deck
from ecs_lab.quiz.generators import generate, names
from ecs_lab.quiz.lint import lint
from ecs_lab.quiz.model import Bank, Question
from ecs_lab.widgets.quiz import QuizWidget

QUESTIONS, TOPICS, REPEATS = 400, 16, 7
ANSWERS = 10_000


def main() -> int:
    """Print the table."""
    rows = [("the course's bank, first load of a process, cache written", first_load())]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        rows.append(("bank of 400 loads, not cached", median(lambda: load_bank(Path(folder)))))
        with kept(Path(folder)):
            load_bank()
            rows.append(("bank of 400 loads, cached", median(load_bank)))
        bank = load_bank(Path(folder))
        assert len(bank.questions) == QUESTIONS
        rows.append(("linter over 400", median(lambda: lint(bank), repeats=3)))
        whole = bank.topics[0]
        topic = replace(whole, questions=bank.questions)
        os.environ["ECS_LAB_DATA"] = folder
        widget = QuizWidget(topic, count=None)
        rows.append(("next question in the widget", median(lambda: step(widget), repeats=50)))
        begin(widget)
        what = "next question in the widget, where it was left is kept"
        rows.append((what, median(lambda: step(widget), repeats=50)))
        widget.close()
        rows += study(bank)
        rows.append(("question generated", median(lambda: generate("rolling-bounds", 7))))
    seconds, count = prove()
    rows.append((f"all {count} proofs of the course, on one core", seconds))
    print("| what | median processor ms |\n| --- | ---: |")
    for what, seconds in rows:
        print(f"| {what} | {seconds * 1000:.1f} |")
    return 0


@contextmanager
def kept(folder: Path) -> Iterator[None]:
    """Within this the bank of the folder is the course's, with a cache of its own."""
    course, paths.quizzes_dir = paths.quizzes_dir, lambda: folder
    os.environ["ECS_LAB_CACHE"] = str(folder / "cache")
    try:
        yield
    finally:
        paths.quizzes_dir = course
        del os.environ["ECS_LAB_CACHE"]


def write(folder: Path) -> None:
    """A bank of 400: real questions of the course, and generated ones for the rest."""
    for name in ("concepts.csv", "rules.toml"):
        shutil.copy(paths.quizzes_dir() / name, folder / name)
    questions = [replace(q, proof="", picture="") for q in load_bank().questions if not q.extra]
    makers = names()
    seeds = range(QUESTIONS)
    questions += [generate(makers[seed % len(makers)], seed) for seed in seeds]
    for number in range(TOPICS):
        chosen = questions[:QUESTIONS][number::TOPICS]
        data = {"title": f"Topic {number}", "order": number, "questions": [*map(fields, chosen)]}
        # JSON is YAML too, but a block style is what authors write, and slower to read.
        (folder / f"topic-{number}.yaml").write_text(block(data), "utf-8")


def fields(question: Question) -> dict[str, object]:
    """A question as its author would write it."""
    options = [
        {"text": o.text, "why": o.why, **({"correct": True} if o.correct else {})}
        for o in question.options
    ]
    select = {"select": question.select} if question.select > 1 else {}
    return {
        "id": question.id, "concepts": list(question.concepts), "difficulty": question.difficulty,
        "exams": list(question.exams), "stem": question.stem, **select, "options": options,
        "sources": list(question.sources), "as_of": question.as_of.isoformat(),
        "section": question.section,
    }  # fmt: skip


def block(value: object, indent: str = "") -> str:
    """YAML in block style; texts in quotes."""
    if isinstance(value, dict):
        return "".join(f"{indent}{key}:{_inner(inner, indent)}" for key, inner in value.items())
    if isinstance(value, list):
        return "".join(f"{indent}-{_inner(inner, indent)}" for inner in value)
    raise TypeError(type(value))


def _inner(value: object, indent: str) -> str:
    if isinstance(value, dict | list):
        return f"\n{block(value, indent + '  ')}"
    return f" {json.dumps(value)}\n"


def step(widget: QuizWidget) -> None:
    """What Next does."""
    widget._handle_custom_msg({"do": "step", "by": 1, "at": widget.position, "chosen": []}, [])


def begin(widget: QuizWidget) -> None:
    """Answer the question on show, so that the practice is kept from then on."""
    right = list(widget._session.items[widget.position].right)
    message = {"do": "check", "at": widget.position, "chosen": right}
    widget._handle_custom_msg(message, [])


def study(bank: Bank) -> list[tuple[str, float]]:
    """Scheduling, and what a dashboard works out, from 10,000 answers."""
    day = datetime(2026, 10, 1, 9, tzinfo=UTC)
    cards = [Answer(f"card-{n}", n % 4 != 0, at=(day + timedelta(minutes=n)).isoformat())
             for n in range(ANSWERS)]  # fmt: skip
    ids = [question.id for question in bank.questions]
    real = [replace(card, question=ids[n % len(ids)]) for n, card in enumerate(cards)]
    store = Store(Path(os.environ["ECS_LAB_DATA"]) / "many" / "progress.sqlite3")
    store.add(*real)
    return [
        ("FSRS: 10,000 cards scheduled", median(lambda: Deck(cards), repeats=3)),
        ("what is due of 10,000 cards", median(partial(Deck(cards).due, date(2026, 11, 26)))),
        ("10,000 answers read from the file", median(lambda: store.all(Answer), repeats=3)),
        ("an answer written to the file", median(lambda: store.add(Answer("a", True)), 50)),
        ("overview of 10,000 answers to 400 questions",
         median(lambda: overview(bank, store, datetime.now(UTC)), repeats=3)),
    ]  # fmt: skip


def first_load() -> float:
    """Processor seconds of the first load in a process that has imported all: the schema is
    compiled, the YAML read, the cache written.
    """
    before = os.environ.get("ECS_LAB_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ECS_LAB_CACHE"] = folder
        started = time.process_time()
        load_bank()
        taken = time.process_time() - started
    os.environ.pop("ECS_LAB_CACHE")
    if before:
        os.environ["ECS_LAB_CACHE"] = before
    return taken


def prove() -> tuple[float, int]:
    """Seconds of all proofs that the course has, in one process after the first lab is made; and
    how many they are.
    """
    asked = [question for question in load_bank().questions if question.proof]
    proving.problems_of(asked[0])
    started = time.process_time()
    for question in asked:
        proving.problems_of(question)
    return time.process_time() - started, len(asked)


def median(act: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median seconds of several runs."""
    seconds = []
    for _ in range(repeats):
        started = time.process_time()
        act()
        seconds.append(time.process_time() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    sys.exit(main())
