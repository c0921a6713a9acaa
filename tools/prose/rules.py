"""What is asked of a passage: spelling, names, plain words, style, sentences that can be read."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from passages import ROOT, Passage
from proselint.checks import __register__ as all_checks
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile
from spellchecker import SpellChecker

from ecs_lab.quiz.lint_language import lix

HERE = Path(__file__).resolve().parent
RULES = tomllib.loads((HERE / "rules.toml").read_text("utf-8"))
PLAIN_WORDS = ROOT / "ecs_lab" / "quiz" / "plain_words.csv"

_SENTENCE = re.compile(r"(?<=[.!?:;])\s+")
_WORD = re.compile(r"[^\W_][\w'’-]*")
_SPELT = re.compile(r"(?<![\w.@/+:-])[A-Z]?[a-z]+(?:['’][a-z]+)?(?![\w@/+]|[.:-]\w)")
"""A word of letters; not a part of an address, a file's name, an id or a word with a hyphen."""


@dataclass(frozen=True, order=True)
class Finding:
    """Something in a passage that a reader may stumble over, and what to do about it."""

    where: str
    rule: str
    found: str
    fix: str

    def __str__(self) -> str:
        """One line, in the form that editors turn into a link."""
        return f"{self.where}: {self.rule}: {self.found!r}. {self.fix}"


def judge(passages: Iterable[Passage]) -> tuple[list[Finding], list[str]]:
    """What is to be mended, and the exceptions that nothing needs any more."""
    every = list(passages)
    found = {each for passage in every for rule in EACH for each in rule(passage)}
    found |= set(readability(every))
    exceptions = RULES["exception"]
    left = [each for each in found if not any(_fits(each, one) for one in exceptions)]
    idle = [one for one in exceptions if not any(_fits(each, one) for each in found)]
    return sorted(left), [f"{one['rule']} {one['found']!r}" for one in idle]


def _fits(finding: Finding, exception: dict[str, str]) -> bool:
    return (
        finding.rule == exception["rule"]
        and finding.found == exception["found"]
        and finding.where.startswith(exception["where"])
    )


# ---- one passage


def spelling(passage: Passage) -> Iterator[Finding]:
    """Words that neither the dictionary nor the course's own list has."""
    words = {match.group().replace("’", "'") for match in _SPELT.finditer(passage.text)}
    unknown = _dictionary().unknown({word.removesuffix("'s") for word in words})
    for word in sorted(unknown - _own_words()):
        yield Finding(passage.where, "spelling", word, "Mend it, or add it to words.txt.")


def names(passage: Passage) -> Iterator[Finding]:
    """AWS's names, written as AWS writes them; all in capitals they are values of the API."""
    for pattern, right in _names():
        for match in pattern.finditer(passage.text):
            found = match.group()
            if found != right and not found.isupper():
                yield Finding(passage.where, "name", found, f"Write {right}.")


def plain_words(passage: Passage) -> Iterator[Finding]:
    """Words that the questions do without have plain ones elsewhere as well."""
    for match in _hard().finditer(passage.text):
        plain = _plain()[match.group().casefold()]
        yield Finding(passage.where, "plain words", match.group(), f"Say {plain}.")


def style(passage: Passage) -> Iterator[Finding]:
    """What proselint finds, without the checks that rules.toml switches off."""
    for each in LintFile(passage.where, passage.text).lint(_proselint()):
        result = each.check_result
        found = f"\n{passage.text}\n"[slice(*result.span)].strip()
        yield Finding(passage.where, result.check_path, found, result.message)


def sentences(passage: Passage) -> Iterator[Finding]:
    """No sentence is longer than a reader can hold; cells of tables may hold lists."""
    if passage.kind == "cell":
        return
    for sentence in _SENTENCE.split(passage.text):
        if (count := len(_WORD.findall(sentence))) > RULES["longest_sentence"]:
            yield Finding(
                passage.where, "sentence", sentence[:40], f"{count} words: make two of it."
            )


EACH: list[Callable[[Passage], Iterator[Finding]]] = [
    spelling, names, plain_words, style, sentences,
]  # fmt: skip


# ---- a whole file


def readability(passages: Iterable[Passage]) -> Iterator[Finding]:
    """The LIX of each file's sentences: 40 is a newspaper, above 50 an official text."""
    texts: dict[str, list[str]] = {}
    for passage in passages:
        if passage.kind == "text":
            texts.setdefault(re.split(r"[: ]", passage.where)[0], []).append(passage.text)
    for name, parts in texts.items():
        whole = " ".join(part if part[-1] in ".!?:" else f"{part}." for part in parts)
        if (score := lix(whole)) > RULES["hardest"]:
            yield Finding(name, "readability", f"LIX {score:.0f}", "Use shorter sentences, words.")


# ---- the lists


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker(language="en")


@cache
def _own_words() -> set[str]:
    lines = (HERE / "words.txt").read_text("utf-8").splitlines()
    return {line for line in lines if not line.startswith("#")}


@cache
def _names() -> list[tuple[re.Pattern[str], str]]:
    rows = list(csv.DictReader((HERE / "names.csv").read_text("utf-8").splitlines()))
    right = [(rf"(?<![\w./-]){re.escape(row['name'])}(?![\w/:-]|\.\w)", row) for row in rows]
    wrong = [(rf"\b{re.escape(row['instead_of'])}\b", row) for row in rows if row["instead_of"]]
    return [(re.compile(pattern, re.IGNORECASE), row["name"]) for pattern, row in right + wrong]


@cache
def _plain() -> dict[str, str]:
    rows = csv.DictReader(PLAIN_WORDS.read_text("utf-8").splitlines())
    return {row["word"]: row["plain"] for row in rows}


@cache
def _hard() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, _plain()))})\b", re.IGNORECASE)


@cache
def _proselint() -> dict[str, object]:
    CheckRegistry().register_many(all_checks)
    off = dict.fromkeys(RULES["off"], False)
    return {**DEFAULT, "checks": {**off, **DEFAULT["checks"]}}
