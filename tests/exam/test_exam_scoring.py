"""The scaled score: compensatory, blanks wrong, unscored items left out."""

from __future__ import annotations

import pytest
from questions import question

from ecs_lab.exam.blueprints import find
from ecs_lab.exam.scoring import ESTIMATE, Section, margin, result, scaled, section_of

SAA = find("SAA-C03")
FOUR = [
    question(i, concepts=(kind,)) for i, kind in enumerate(["IA-01", "IA-02", "CO-01", "LB-01"])
]
IDS = [each.id for each in FOUR]


def test_blanks_are_wrong_and_unscored_questions_do_not_count() -> None:
    """Of four, three count: one right, one wrong, one blank."""
    found = result(SAA, FOUR, IDS[:3], {IDS[0]: True, IDS[1]: False, IDS[3]: True})
    assert (found.right, found.scored, found.blank, found.scaled) == (1, 3, 1, 400)
    assert not found.passed


def test_strong_sections_make_up_for_weak_ones() -> None:
    """Only the whole passes or fails; a section with nothing right does not fail it."""
    found = result(SAA, FOUR, IDS, {IDS[0]: True, IDS[1]: True, IDS[2]: False, IDS[3]: True})
    assert found.sections == (
        Section("Design Secure Architectures", 2, 2),
        Section("Design Resilient Architectures", 1, 1),
        Section("Design Cost-Optimized Architectures", 0, 1),
    )
    assert found.scaled == 775
    assert found.passed


def test_single_concept_comes_before_its_kind() -> None:
    """Who patches what is a matter of security in CLF-C02, Fargate's sizes are not."""
    clf = find("CLF-C02")
    assert section_of(clf, question(0, concepts=("FG-01",))) == "Security and Compliance"
    sizes = question(0, concepts=("FG-03", "FG-01"))
    assert section_of(clf, sizes) == "Cloud Technology and Services"


@pytest.mark.parametrize(("right", "points"), [(0, 100), (35, 730), (34, 712), (50, 1000)])
def test_scale_goes_from_100_to_1000(right: int, points: int) -> None:
    """A straight line, said to be an estimate."""
    assert scaled(right, 50) == points
    assert ESTIMATE.startswith("An estimate: AWS does not publish")


def test_fewer_questions_say_less() -> None:
    """The margin shrinks with the number of questions, and does not vanish when all are right."""
    assert margin(5, 10) > margin(25, 50) > margin(50, 100) > 0
    assert margin(10, 10) > 0
    assert scaled(0, 0) == 100
    assert margin(0, 0) == 0
