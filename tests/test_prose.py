"""The checker of prose: what it reads, what it finds, and what it leaves alone."""

from __future__ import annotations

import re
import tomllib

import passages
import pytest
from passages import Passage
from surroundings import REPOSITORY

pytest.importorskip("proselint", reason="google-re2, which it needs, has no wheel for this machine")
import rules


def read(text: str) -> list[Passage]:
    """The passages of a text in Markdown."""
    return list(passages.in_markdown(text, "text.md", lines=True))


def found(text: str) -> list[tuple[str, str]]:
    """(rule, words) of all that is found in a text."""
    return [(each.rule, each.found) for each in rules.judge(read(text))[0]]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("A service keeps its tasks runing.", ("spelling", "runing")),
        ("The load balancer of Cloudwatch.", ("name", "Cloudwatch")),
        ("The task runs on Amazon Fargate.", ("name", "Amazon Fargate")),
        ("The agent registers the ECS instance.", ("name", "ECS instance")),
        ("Utilise the spare capacity of a zone.", ("plain words", "Utilise")),
        ("ECS starts the the task again.", ("lexical_illusions", "the the")),
        ("The task waits for ever.", ("archaism", "for ever")),
        (
            f"It runs{' and it runs' * 14}.",
            ("sentence", "It runs and it runs and it runs and it r"),
        ),
    ],
)
def test_what_a_reader_may_stumble_over_is_found(text: str, what: tuple[str, str]) -> None:
    """One example of each rule."""
    assert what in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "A service keeps two tasks of `runing` behind [a balancer](https://example.com/runing).",
        "Launch type FARGATE, and AWS Fargate; page fargate-spot.md and cloudwatch:GetMetric.",
        "```\nutilize teh codde\n```",
        "ECS deregisters the subnets' targets in FireLens, with Fargate's colours.",
    ],
)
def test_code_addresses_values_and_words_of_the_trade_are_left_alone(text: str) -> None:
    """Only prose is read, with the course's own words in the dictionary."""
    assert found(text) == []


def test_hard_text_is_found_by_file() -> None:
    """Many long words in long sentences make a text hard, however right each is."""
    hard = "Organizational considerations necessitate comprehensive documentation everywhere. "
    assert ("readability", "LIX 92") in [
        (rule, re.sub(r"LIX \d+", "LIX 92", words)) for rule, words in found(hard * 3)
    ]


def test_kinds_and_places_of_passages() -> None:
    """Headings and cells are told from sentences, and each says its line."""
    table = "| a cell | two |\n| --- | --- |\n| three | four |\n"
    text = f"# A head\n\nSome prose\nin two lines.\n\n{table}"
    assert [(each.kind, each.where) for each in read(text)] == [
        ("heading", "text.md:1"),
        ("text", "text.md:3"),
        *[("cell", "text.md:6")] * 2,
        *[("cell", "text.md:8")] * 2,
    ]


def test_every_kind_of_text_of_the_course_is_read() -> None:
    """Notebooks, questions, exercises, the README and decisions."""
    where = {re.split(r"[: ]", each.where)[0] for each in passages.all_passages()}
    for name in (
        "README.md",
        "docs/adr/0001-set-up-without-uv.md",
        "notebooks/00-start-here.ipynb",
        "quizzes/fargate.yaml",
        "ecs_lab/exercises/catalog/fargate-right-size/exercise.yaml",
    ):
        assert name in where


def test_each_exception_has_its_reason_and_is_needed() -> None:
    """One that nothing needs is told, so that the list does not grow old."""
    table = tomllib.loads((REPOSITORY / "tools" / "prose" / "rules.toml").read_text("utf-8"))
    assert all(set(each) == {"rule", "found", "where", "reason"} for each in table["exception"])
    assert all(table["off"].values())
    _, idle = rules.judge(read("Nothing here needs any of them."))
    assert len(idle) == len(table["exception"])
