"""Progress as JSON: out, in, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ecs_lab.progress import Answer, Event, Flag, Sitting, Store
from ecs_lab.progress.exchange import NotProgressError, exported, imported

ANSWER = Answer("a", True, 3.5, sitting="one", chosen=(1,))
SITTING = Sitting("practice", "Fargate", {"questions": ["a"]}, {"position": 1})


def full() -> Store:
    """A store with one record of each kind."""
    store = Store()
    store.add(ANSWER, SITTING, Flag("a"), Event("exercise", "attempt", 1, 2))
    return store


def everything(store: Store) -> list[list[Any]]:
    """All that a store has."""
    return [store.all(kind) for kind in (Answer, Sitting, Flag, Event)]


def test_another_machine_gets_all_of_it_and_twice_is_once() -> None:
    """What comes in is what went out, and nothing is doubled."""
    there = Store()
    assert imported(exported(full()), there) == 4
    assert len(everything(there)[0]) == 1
    assert there.all(Answer) == [ANSWER]
    assert imported(exported(there), there) == 0


def test_both_sides_went_on() -> None:
    """Answers of both are kept; of a sitting, whichever is later."""
    here, there = full(), Store()
    imported(exported(here), there)
    there.add(Answer("b", False), replace(SITTING, state={"position": 5}, at="2999-01-01T00:00Z"))
    here.add(Answer("c", True))
    assert imported(exported(there), here) == 2
    assert {each.question for each in here.all(Answer)} == {"a", "b", "c"}
    assert here.all(Sitting)[0].state == {"position": 5}
    assert imported(exported(here), there) == 1
    assert there.all(Sitting)[0].state == {"position": 5}


def changed(**fields: Any) -> str:
    """An export whose answer has other fields."""
    data = json.loads(exported(full()))
    data["answer"][0] |= fields
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "This is no JSON"),
        ("[]", '"format" is not "ecs-lab progress"'),
        ('{"format": "ecs-lab progress", "version": 99}', "A newer ecs_lab exported this"),
        ('{"format": "ecs-lab progress", "version": 2, "answer": {}}', '"answer" is not a list.'),
        (changed(more=1), r"answer\[0\]: expected the fields"),
        (changed(correct="yes"), r"answer\[0\]\.correct: 'yes' is not of the right type"),
        (changed(at="yesterday"), r"answer\[0\]\.at: 'yesterday' is no moment"),
        (changed(at="2026-11-26T10:00:00"), "no moment with its time zone"),
    ],
)
def test_what_is_no_progress_is_refused_and_changes_nothing(text: str, words: str) -> None:
    """One sentence says where it is wrong."""
    store = full()
    before = everything(store)
    with pytest.raises(NotProgressError, match=words):
        imported(text, store)
    assert everything(store) == before
