"""Sessions: order, answers, score."""

from __future__ import annotations

import pytest
from questions import question

from ecs_lab.quiz.session import ChoiceError, Score, Session

TEN = [question(number) for number in range(10)]


def shown(session: Session) -> list[tuple[str, list[str]]]:
    """The session as the learner sees it."""
    return [(i.question.id, [option.text for option in i.options]) for i in session.items]


def test_same_seed_gives_the_same_session() -> None:
    """Order of questions and options hangs on the seed alone, not on the order of the file."""
    assert shown(Session(TEN, seed=5)) == shown(Session(TEN[::-1], seed=5))


def test_other_seeds_give_other_orders() -> None:
    """Questions and options move from seed to seed; none is lost or added."""
    sessions = [shown(Session(TEN, seed=seed)) for seed in range(12)]
    assert len({tuple(id_ for id_, _ in session) for session in sessions}) > 6
    first = [dict(session)["question-00"] for session in sessions]
    assert len(set(map(tuple, first))) > 6
    assert {tuple(sorted(texts)) for texts in first} == {tuple(sorted(first[0]))}


def test_count_takes_so_many_questions() -> None:
    """A session can be shorter than its topic, and is never longer."""
    assert len(Session(TEN, count=3).items) == 3
    assert len(Session(TEN, count=99).items) == 10


def test_options_keep_their_order_among_fewer_questions() -> None:
    """A question shows its options alike whatever else is asked with the same seed."""
    assert (
        dict(shown(Session(TEN[:1], seed=4))).items() <= dict(shown(Session(TEN, seed=4))).items()
    )


def test_right_answer_scores_and_wrong_one_does_not() -> None:
    """The verdict tells right from wrong by place as shown, and the score counts."""
    session = Session(TEN, count=2)
    for index, take_right in enumerate((True, False)):
        options = session.items[index].options
        place = next(i for i, option in enumerate(options) if option.correct is take_right)
        verdict = session.answer(index, [place])
        assert verdict.correct is take_right
        assert options[min(verdict.right)].text.startswith("Option a")
    assert session.score == Score(right=1, answered=2, total=2)


@pytest.mark.parametrize(("chosen", "correct"), [({0, 2}, True), ({0, 1}, False), ({1, 3}, False)])
def test_several_right_options_are_all_or_nothing(chosen: set[int], correct: bool) -> None:
    """Half right is wrong, as AWS scores it."""
    session = Session([question(0, right=(0, 2))])
    texts = {session.items[0].question.options[i].text for i in chosen}
    places = [i for i, option in enumerate(session.items[0].options) if option.text in texts]
    assert session.answer(0, places).correct is correct


@pytest.mark.parametrize(
    ("right", "chosen", "sentence"),
    [
        ((0,), [], "Choose one option; you chose none."),
        ((0,), [1, 2], "Choose one option; you chose 2."),
        ((0, 1), [3], "Choose two options; you chose 1."),
        ((0,), [4], "This question has 4 options; choose among those."),
        ((0,), [-1], "This question has 4 options; choose among those."),
    ],
)
def test_choice_that_is_no_answer_is_not_recorded(
    right: tuple[int, ...], chosen: list[int], sentence: str
) -> None:
    """Too few, too many or unknown options are sent back with a sentence, and cost nothing."""
    session = Session([question(0, right=right)])
    with pytest.raises(ChoiceError) as caught:
        session.answer(0, chosen)
    assert str(caught.value) == sentence
    assert session.score.answered == 0


def test_first_answer_stands() -> None:
    """Having read the reasons, nobody can answer again for a better score."""
    session = Session([question(0)])
    wrong = next(i for i, option in enumerate(session.items[0].options) if not option.correct)
    first = session.answer(0, [wrong])
    assert session.answer(0, first.right) is first
    assert session.score.right == 0
