"""A session: questions in a shuffled order, answered one by one. Pure: no input, no output.

>>> from ecs_lab.quiz.bank import load_topic
>>> session = Session(load_topic("fargate").questions, seed=7, count=3)
>>> len(session.items), session.score
(3, Score(right=0, answered=0, total=3))
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecs_lab.quiz.model import NUMBERS, Option, Question


class ChoiceError(ValueError):
    """A choice that is no answer to the question: too few, too many, or no such option."""


@dataclass(frozen=True)
class Item:
    """One question of a session, with its options in the order in which they are shown."""

    question: Question
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Verdict:
    """What came of an answer: right or not, and which options were chosen (places as shown)."""

    item: Item
    chosen: frozenset[int]

    @property
    def right(self) -> frozenset[int]:
        """Places (as shown) of the right options."""
        return frozenset(i for i, option in enumerate(self.item.options) if option.correct)

    @property
    def correct(self) -> bool:
        """True when exactly the right options were chosen: all or nothing, as AWS scores."""
        return self.chosen == self.right


@dataclass(frozen=True)
class Score:
    """How a session stands."""

    right: int
    answered: int
    total: int


class Session:
    """Questions and their options, shuffled by a seed, and the answers given so far.

    The same questions, seed and count give the same session on every machine. The options of a
    question are shuffled by the seed and its id alone, so they keep their order in another choice
    of questions.
    """

    def __init__(
        self, questions: Sequence[Question], *, seed: int = 0, count: int | None = None
    ) -> None:
        order = sorted(questions, key=lambda question: question.id)
        random.Random(seed).shuffle(order)
        self.items = tuple(_item(question, seed) for question in order[:count])
        self.verdicts: dict[int, Verdict] = {}

    def answer(self, index: int, chosen: Iterable[int]) -> Verdict:
        """Answer one item with places of its options (from 0, as shown).

        The first answer stands: a later one to the same item gives the first verdict again.
        Raises `ChoiceError` when the choice is no answer; nothing is recorded then.
        """
        if index not in self.verdicts:
            item, places = self.items[index], frozenset(chosen)
            _check(item, places)
            self.verdicts[index] = Verdict(item, places)
        return self.verdicts[index]

    @property
    def score(self) -> Score:
        """Right, answered and all questions."""
        right = sum(verdict.correct for verdict in self.verdicts.values())
        return Score(right, len(self.verdicts), len(self.items))


def _item(question: Question, seed: int) -> Item:
    options = list(question.options)
    random.Random(f"{seed}:{question.id}").shuffle(options)
    return Item(question, tuple(options))


def _check(item: Item, places: frozenset[int]) -> None:
    wanted, count = item.question.select, len(item.options)
    if not places <= frozenset(range(count)):
        raise ChoiceError(f"This question has {count} options; choose among those.")
    if len(places) != wanted:
        what = f"{NUMBERS[wanted]} option{'s' if wanted > 1 else ''}"
        raise ChoiceError(f"Choose {what}; you chose {len(places) or 'none'}.")
