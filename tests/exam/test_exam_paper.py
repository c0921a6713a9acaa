"""Papers: which questions come, which of them count, and the time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from questions import bank, matching, ordering, question

from ecs_lab.exam.blueprints import find
from ecs_lab.exam.paper import Mode, NoPaperError, Wish, draw, shares
from ecs_lab.exam.scoring import section_of
from ecs_lab.quiz.model import Bank, Case, Question

SAA = find("SAA-C03")
KINDS = ["IA-01", "LB-01", "EC-01", "CO-01"]  # one of each domain of SAA-C03


def many(count: int) -> list[Question]:
    """Questions for SAA-C03, in turn on the concepts of its four domains."""
    made = (question(i, concepts=(KINDS[i % 4],)) for i in range(count))
    return [replace(each, id=f"question-{i:03}") for i, each in enumerate(made)]


def plenty() -> Bank:
    """A bank that has enough for whole papers."""
    return bank(*many(200))


def test_whole_paper_has_the_shape_of_the_exam() -> None:
    """65 questions in AWS's weights, 50 of them count, 130 minutes, nothing to remark."""
    paper = draw(SAA, plenty())
    assert (len(paper.questions), len(paper.scored), paper.minutes) == (65, 50, 130)
    assert Counter(section_of(SAA, each) for each in paper.questions) == {
        "Design Secure Architectures": 19,
        "Design Resilient Architectures": 17,
        "Design High-Performing Architectures": 16,
        "Design Cost-Optimized Architectures": 13,
    }
    assert paper.notes == ()


def test_same_seed_same_paper() -> None:
    """A paper can be had again, and another seed gives another one."""
    assert draw(SAA, plenty(), Wish(seed=3)) == draw(SAA, plenty(), Wish(seed=3))
    assert draw(SAA, plenty(), Wish(seed=3)) != draw(SAA, plenty(), Wish(seed=4))


def test_extra_forms_and_other_exams_are_left_out() -> None:
    """Ordering, matching, cases and questions of other exams never come."""
    others = [
        ordering(201), matching(202), question(203, case=Case("c", "A long enough case.")),
        question(204, exams=("DOP-C02",)),
    ]  # fmt: skip
    paper = draw(SAA, bank(*many(5), *others), Wish(count=50))
    assert {each.id for each in paper.questions} == {f"question-{i:03}" for i in range(5)}


def test_short_bank_gives_a_short_paper_in_proportion() -> None:
    """With 13 of 65 questions there are 26 minutes, 10 count, and the paper says so."""
    paper = draw(SAA, bank(*many(13)))
    assert (len(paper.questions), len(paper.scored), paper.minutes) == (13, 10, 26)
    assert paper.notes[0].startswith("The course has 13 questions for SAA-C03 now, the exam 65")


def test_what_a_domain_lacks_the_others_give() -> None:
    """A paper is as long as the bank allows, even where one domain is empty."""
    one_domain = bank(*(each for each in many(200) if each.concepts == ("IA-01",)))
    assert len(draw(SAA, one_domain).questions) == 50


def test_extra_time_is_added() -> None:
    """The accommodation for those whose language is not the exam's."""
    assert draw(SAA, plenty(), Wish(extra_minutes=30)).minutes == 160


def test_section_topic_and_missed_narrow_the_paper() -> None:
    """By the domain's number or name, by topic, by ids; all of those count."""
    for section in ("2", "design resilient architectures"):
        paper = draw(SAA, plenty(), Wish(Mode.SECTION, section=section))
        assert {each.concepts for each in paper.questions} == {("LB-01",)}
        assert (len(paper.questions), len(paper.scored), paper.minutes) == (17, 17, 34)
    topic = draw(SAA, plenty(), Wish(Mode.TOPIC, topic="trees", count=7))
    assert len(topic.questions) == len(topic.scored) == 7
    missed = draw(SAA, plenty(), Wish(Mode.MISSED, missed={"question-003", "question-008"}))
    assert {each.id for each in missed.questions} == {"question-003", "question-008"}


def test_final_takes_new_questions_first() -> None:
    """What earlier exams have not shown comes before what they have."""
    seen = {f"question-{i:03}" for i in range(0, 200, 2)}
    paper = draw(SAA, plenty(), Wish(Mode.FINAL, count=20, seen=seen))
    new_ones = [each for each in paper.questions if each.id not in seen]
    assert len(new_ones) == 9  # all of the two domains that have new ones
    assert all(
        section_of(SAA, each) in {SAA.domains[1].name, SAA.domains[3].name} for each in new_ones
    )


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(Mode.SECTION), "Name a section of SAA-C03 by its number: 1 Design Secure"),
        (Wish(Mode.SECTION, section="9"), "Name a section of SAA-C03 by its number"),
        (Wish(Mode.SECTION, section="Design Secur"), "Did you mean 'Design Secure Architectures'"),
        (Wish(Mode.TOPIC, topic="bushes"), "has no question for SAA-C03 on 'bushes' yet"),
        (Wish(Mode.MISSED), "You have missed no question of SAA-C03 so far"),
    ],
)
def test_paper_without_questions_is_a_sentence(wish: Wish, said: str) -> None:
    """What is wrong, and what to do."""
    with pytest.raises(NoPaperError, match=said):
        draw(SAA, plenty(), wish)


def test_shares_add_up() -> None:
    """Nothing is lost or made by rounding."""
    for count in range(80):
        assert sum(shares([22, 17, 15, 15, 14, 17], count)) == count
