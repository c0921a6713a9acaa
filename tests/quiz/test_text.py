"""Questions as text: how the other types look, are typed, and are judged."""

from __future__ import annotations

import pytest
from questions import matching, ordering, question

from ecs_lab.quiz.model import Case
from ecs_lab.quiz.session import ChoiceError, Session
from ecs_lab.quiz.text import LETTERS, parse_choice, question_text, verdict_text


def test_order_is_typed_as_letters_and_judged_step_by_step() -> None:
    """The summary names the order; each reason stands where its step belongs."""
    session = Session([ordering()], seed=1)
    (item,) = session.items
    assert "Put these into the right order." in question_text(item)
    right = " ".join(LETTERS[place] for place in item.right)
    assert parse_choice(right.lower(), item) == parse_choice(right.replace(" ", ""), item)
    typed = right.split()
    typed[0], typed[1] = typed[1], typed[0]
    told = verdict_text(session.answer(0, parse_choice(" ".join(typed), item)))
    assert told.startswith(f"Not right: the order is {right.replace(' ', ', ')}.")
    lines = [
        line.split(": The reason")[0].strip() for line in told.splitlines() if "reason" in line
    ]
    first, second, third, fourth = right.split()
    assert lines == [
        f"{first} (step 1, you: 2)",
        f"{second} (step 2, you: 1)",
        f"{third} (step 3, as you said)",
        f"{fourth} (step 4, as you said)",
    ]


@pytest.mark.parametrize("form", ["1{0} 2{1} 3{2}", "3{2},1{0},2{1}", "{0} {1} {2}", "{0}{1}{2}"])
def test_matches_are_typed_with_or_without_numbers(form: str) -> None:
    """Numbers say what a letter belongs to; without them letters stand for 1, 2, 3."""
    session = Session([matching()], seed=2)
    (item,) = session.items
    letters = [LETTERS[place] for place in item.right]
    verdict = session.answer(0, parse_choice(form.format(*letters), item))
    assert verdict.correct
    assert f"1 ({letters[0]}, your choice): The reason" in verdict_text(verdict)


def test_wrong_match_is_told_with_the_right_pairs() -> None:
    """The summary has all pairs; the wrong one says what was chosen."""
    session = Session([matching()], seed=2)
    (item,) = session.items
    letters = [LETTERS[place] for place in item.right]
    unused = ({*"ABCD"} - {*letters}).pop()
    told = verdict_text(
        session.answer(0, parse_choice(f"1{unused}2{letters[1]}3{letters[2]}", item))
    )
    pairs = ", ".join(f"{number}{letter}" for number, letter in enumerate(letters, 1))
    assert told.startswith(f"Not right: the pairs are {pairs}.")
    assert f"1 ({letters[0]}, you: {unused}):" in told


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type a letter from A to D for each number"),
        ("1Z", "Type a letter from A to D for each number"),
        ("1A 7B", "There are 3 to match; you typed 7."),
    ],
)
def test_match_that_names_nothing_is_sent_back(typed: str, said: str) -> None:
    """A wrong letter or number gets a sentence."""
    with pytest.raises(ChoiceError, match=said.replace("?", r"\?")):
        parse_choice(typed, Session([matching()]).items[0])


def test_case_stands_above_its_question() -> None:
    """The situation is told before each question on it."""
    case = Case("flood", "It has rained for weeks, and the river rises from hour to hour.")
    text = question_text(Session([question(case=case)]).items[0])
    assert text.startswith(f"Case: {case.text}\n\nAmber")
