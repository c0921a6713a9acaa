"""The shapes of AWS's exams and their dates."""

from __future__ import annotations

from datetime import date

import pytest

from ecs_lab.exam.blueprints import Blueprint, UnknownExamError, find, load, notices
from ecs_lab.quiz.coverage import concepts

AWS = [blueprint for blueprint in load() if not blueprint.ours]


@pytest.mark.parametrize(
    ("code", "questions", "scored", "minutes", "pass_score"),
    [
        ("CLF-C02", 65, 50, 90, 700),
        ("SAA-C03", 65, 50, 130, 720),
        ("DVA-C02", 65, 50, 130, 720),
        ("DVA-C03", 65, 50, 130, 720),
        ("SOA-C03", 65, 50, 130, 720),
        ("DOP-C02", 75, 65, 180, 750),
    ],
)
def test_exam_has_the_shape_that_aws_says(
    code: str, questions: int, scored: int, minutes: int, pass_score: int
) -> None:
    """Questions, those that count, minutes and the score that passes."""
    found = find(code)
    assert (found.questions, found.scored, found.minutes) == (questions, scored, minutes)
    assert found.pass_score == pass_score


@pytest.mark.parametrize("blueprint", AWS, ids=lambda each: each.code)
def test_weights_are_all_there_or_none_and_have_a_page(blueprint: Blueprint) -> None:
    """Percents of the domains add up to 100 and name AWS's page; no half-known exam."""
    weights = [domain.weight for domain in blueprint.domains if domain.weight is not None]
    assert not weights or (len(weights) == len(blueprint.domains) and sum(weights) == 100)
    assert bool(weights) == bool(blueprint.weights_from)
    pages = [*blueprint.sources, *filter(None, [blueprint.weights_from])]
    assert pages
    assert all(page.startswith(("https://docs.aws.amazon.com/", "https://aws.")) for page in pages)


@pytest.mark.parametrize("blueprint", [b for b in AWS if b.domains], ids=lambda each: each.code)
def test_every_kind_of_concept_belongs_to_one_domain(blueprint: Blueprint) -> None:
    """Each question of the course has its section in each exam, and only one."""
    counted = [each for domain in blueprint.domains for each in domain.concepts]
    kinds, single = ([each for each in counted if ("-" in each) == one] for one in (False, True))
    assert sorted(kinds) == sorted({concept.id[:2] for concept in concepts()})
    assert len(single) == len({*single} & {concept.id for concept in concepts()})


GONE = "DVA-C02 cannot be sat any more: its last day was 30 November 2026. Prepare for DVA-C03."
LAST = "The last day of DVA-C02 is 30 November 2026: {}. DVA-C03 follows on 1 December 2026."


@pytest.mark.parametrize(
    ("code", "today", "said"),
    [
        ("DVA-C02", date(2026, 11, 26), LAST.format("in 4 days")),
        ("DVA-C02", date(2026, 11, 30), LAST.format("that is today")),
        ("DVA-C02", date(2026, 12, 1), GONE),
        ("DVA-C03", date(2026, 11, 30), "DVA-C03 can be sat from 1 December 2026: tomorrow."),
        ("SOA-C02", date(2026, 1, 1), "SOA-C02 cannot be sat any more: its last day was 29 Sept"),
    ],
)
def test_dates_are_told(code: str, today: date, said: str) -> None:
    """Before the first day, near the last day, on it, and after it."""
    assert notices(find(code), today)[0].startswith(said)


def test_exam_without_known_weights_says_so() -> None:
    """No weights are made up for DVA-C03."""
    assert not find("DVA-C03").weighted
    assert any(
        n.startswith("No weights of the domains")
        for n in notices(find("DVA-C03"), date(2027, 1, 1))
    )
    assert not any("No weights" in n for n in notices(find("SAA-C03"), date(2026, 11, 26)))


def test_every_exam_says_that_questions_are_on_ecs_only() -> None:
    """A score here is no forecast of the exam."""
    for blueprint in AWS:
        assert any("on Amazon ECS" in said for said in notices(blueprint, date(2026, 11, 26)))


def test_wrong_code_gets_the_nearest() -> None:
    """Small letters are fine, a slip is a sentence."""
    assert find("saa-c03").code == "SAA-C03"
    with pytest.raises(UnknownExamError, match=r"^There is no exam 'SAA-C04'\. Did you mean"):
        find("SAA-C04")
