"""Sessions: order, answers, score."""

from __future__ import annotations

import pytest
from questions import matching, ordering, question

from ecs_lab.quiz.model import Case, Question
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


def test_order_is_right_only_as_a_whole() -> None:
    """Steps are never shown in their right order, and two swapped ones make a wrong answer."""
    for seed in range(12):
        session = Session([ordering()], seed=seed)
        (item,) = session.items
        assert item.options != item.question.options
        right = item.right
        assert [item.options[place] for place in right] == list(item.question.options)
        swapped = (right[1], right[0], *right[2:])
        assert session.answer(0, swapped if seed % 2 else right).correct is (seed % 2 == 0)


def test_matching_is_right_only_as_a_whole() -> None:
    """Each option has its answer among the shuffled ones; one wrong pair makes it wrong."""
    for seed in range(12):
        session = Session([matching()], seed=seed)
        (item,) = session.items
        assert sorted(item.answers) == ["A den", "A garage", "A hive", "A nest"]
        right = item.right
        assert [item.answers[place] for place in right] == [o.match for o in item.options]
        unused = ({0, 1, 2, 3} - {*right}).pop()
        wrong = (unused, *right[1:])
        assert session.answer(0, wrong if seed % 2 else right).correct is (seed % 2 == 0)


@pytest.mark.parametrize(
    ("asked", "chosen", "sentence"),
    [
        (ordering(), [0, 1, 2], "Give all 4 once, in order; you gave 3."),
        (ordering(), [0, 1, 2, 2], "Give all 4 once, in order; you gave 4."),
        (ordering(), [0, 1, 2, 7], "This question has 4 options; choose among those."),
        (matching(), [0, -1, 2], "Match all 3; you matched 2."),
        (matching(), [-1, -1, -1], "Match all 3; you matched none."),
        (matching(), [0, 1, 9], "Match all 3; you matched 2."),
    ],
)
def test_half_an_order_or_match_is_not_recorded(
    asked: Question, chosen: list[int], sentence: str
) -> None:
    """What is not complete is sent back with a sentence."""
    session = Session([asked])
    with pytest.raises(ChoiceError) as caught:
        session.answer(0, chosen)
    assert str(caught.value) == sentence
    assert session.score.answered == 0


def test_questions_on_a_case_stay_together() -> None:
    """However the session is shuffled, the questions on a case follow each other as in the file."""
    case = Case("flood", "It has rained for weeks, and the river rises from hour to hour.")
    questions = [question(n, case=case if n in {2, 5, 7} else None) for n in range(10)]
    starts = set()
    for seed in range(8):
        ids = [item.question.id for item in Session(questions[::-1], seed=seed).items]
        at = ids.index("question-02")
        starts.add(at)
        assert ids[at : at + 3] == ["question-02", "question-05", "question-07"]
        assert len(set(ids)) == 10
    assert len(starts) > 2


def test_forms_that_no_exam_of_the_course_uses_are_extra() -> None:
    """Ordering, matching and cases are marked, so that mock exams can leave them out."""
    case = Case("flood", "It has rained for weeks, and the river rises from hour to hour.")
    marked = [question(), question(1, right=(0, 1)), ordering(), matching(), question(case=case)]
    assert [each.extra for each in marked] == [False, False, True, True, True]
