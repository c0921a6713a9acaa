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

from ecs_lab.quiz.model import MATCHING, NUMBERS, ORDERING, Option, Question

Answer = tuple[int, ...]
"""An answer, in places as shown (from 0). Of a choice: the options chosen, in rising order. Of an
ordering question: the steps from the first to the last. Of a matching question: for each option the
place of its match among the item's `answers`.
"""


class ChoiceError(ValueError):
    """A choice that is no answer to the question: too few, too many, or no such option."""


@dataclass(frozen=True)
class Item:
    """One question of a session, with its options in the order in which they are shown, and for a
    matching question the answers to match them with.
    """

    question: Question
    options: tuple[Option, ...]
    answers: tuple[str, ...] = ()

    def as_filed(self, shown: Answer) -> Answer:
        """An answer in places of the question's file, which do not hang on how it was shuffled.

        Of a matching question: for each option of the file, its answer's place by the alphabet.
        """
        options = self.question.options
        if self.question.kind == MATCHING:
            by_option = {
                option: sorted(self.answers).index(self.answers[place])
                for option, place in zip(self.options, shown, strict=True)
            }
            return tuple(by_option[option] for option in options)
        places = [options.index(self.options[place]) for place in shown]
        return tuple(places if self.question.kind == ORDERING else sorted(places))

    def as_shown(self, filed: Answer) -> Answer:
        """The opposite of `as_filed`. Raises `ChoiceError` where the question has changed since."""
        options = self.question.options
        try:
            if self.question.kind == MATCHING:
                names = sorted(self.answers)
                by_option = {o: names[at] for o, at in zip(options, filed, strict=True)}
                return tuple(self.answers.index(by_option[option]) for option in self.options)
            places = [self.options.index(options[place]) for place in filed]
        except (IndexError, ValueError, KeyError):
            raise ChoiceError("The question has changed since it was answered.") from None
        return tuple(places if self.question.kind == ORDERING else sorted(places))

    @property
    def right(self) -> Answer:
        """The right answer."""
        if self.question.kind == ORDERING:
            return tuple(self.options.index(option) for option in self.question.options)
        if self.question.kind == MATCHING:
            return tuple(self.answers.index(option.match) for option in self.options)
        return tuple(i for i, option in enumerate(self.options) if option.correct)


@dataclass(frozen=True)
class Verdict:
    """What came of an answer: right or not, and what was chosen (places as shown)."""

    item: Item
    chosen: Answer

    @property
    def right(self) -> Answer:
        """The right answer, in places as shown."""
        return self.item.right

    @property
    def correct(self) -> bool:
        """True when the answer is right in all its parts: all or nothing, as AWS scores."""
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
        self._ask(_cases_together(order)[:count], seed)

    @classmethod
    def in_order(cls, questions: Iterable[Question], *, seed: int = 0) -> Session:
        """A session that asks the questions as they stand; only their options are shuffled."""
        session = cls(())
        session._ask(questions, seed)
        return session

    def _ask(self, questions: Iterable[Question], seed: int) -> None:
        self.items = tuple(_item(question, seed) for question in questions)
        self.verdicts: dict[int, Verdict] = {}

    def answer(self, index: int, chosen: Iterable[int]) -> Verdict:
        """Answer one item with places of its options, from 0 as shown; see `Answer`.

        The first answer stands: a later one to the same item gives the first verdict again.
        Raises `ChoiceError` when the choice is no answer; nothing is recorded then.
        """
        if index not in self.verdicts:
            item = self.items[index]
            self.verdicts[index] = Verdict(item, _checked(item, tuple(chosen)))
        return self.verdicts[index]

    @property
    def score(self) -> Score:
        """Right, answered and all questions."""
        right = sum(verdict.correct for verdict in self.verdicts.values())
        return Score(right, len(self.verdicts), len(self.items))


def _cases_together(order: list[Question]) -> list[Question]:
    """The questions on a case one after another as in its file, where the first of them came."""
    members: dict[object, list[Question]] = {}
    for question in order:
        members.setdefault(question.case or question.id, []).append(question)
    for group in members.values():
        group.sort(key=lambda question: question.line)
    return [question for group in members.values() for question in group]


def _item(question: Question, seed: int) -> Item:
    chance = random.Random(f"{seed}:{question.id}")
    options = list(question.options)
    chance.shuffle(options)
    if question.kind == ORDERING and tuple(options) == question.options:
        options.reverse()  # the right order is not given away
    answers = sorted({*question.others, *(o.match for o in options)} - {""})
    chance.shuffle(answers)
    return Item(question, tuple(options), tuple(answers))


def _checked(item: Item, places: Answer) -> Answer:
    """An answer in its usual form. Raises `ChoiceError` if it is none."""
    kind, count = item.question.kind, len(item.options)
    if kind == MATCHING:
        done = [place for place in places if 0 <= place < len(item.answers)]
        if len(done) != count or len(places) != count:
            raise ChoiceError(f"Match all {count}; you matched {len(done) or 'none'}.")
        return places
    if not set(places) <= set(range(count)):
        raise ChoiceError(f"This question has {count} options; choose among those.")
    if kind == ORDERING:
        if sorted(places) != list(range(count)):
            raise ChoiceError(f"Give all {count} once, in order; you gave {len(places) or 'none'}.")
        return places
    chosen, wanted = tuple(sorted(set(places))), item.question.select
    if len(chosen) != wanted:
        what = f"{NUMBERS[wanted]} option{'s' if wanted > 1 else ''}"
        raise ChoiceError(f"Choose {what}; you chose {len(chosen) or 'none'}.")
    return chosen
