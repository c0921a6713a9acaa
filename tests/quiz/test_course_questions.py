"""The questions of the course itself."""

from __future__ import annotations

import pytest

from ecs_lab import paths
from ecs_lab.quiz.bank import load_bank
from ecs_lab.quiz.lint import lint

BANK = load_bank()


def test_course_questions_have_no_faults() -> None:
    """The linter has nothing to say."""
    assert lint(BANK) == []


@pytest.mark.parametrize("topic", [topic.name for topic in BANK.topics])
def test_each_lesson_has_ten_questions(topic: str) -> None:
    """Ten for each lesson, of both types and of more than one difficulty."""
    (questions,) = [t.questions for t in BANK.topics if t.name == topic]
    assert len(questions) >= 10
    assert {question.select for question in questions} == {1, 2}
    assert len({question.difficulty for question in questions}) > 1


def test_topics_follow_the_notebooks() -> None:
    """The order of study is that of the lessons."""
    for topic in BANK.topics:
        lessons = {question.section[len("notebooks/") :][:2] for question in topic.questions}
        assert lessons == {f"{topic.order:02}"}, topic.name


def test_no_question_rests_on_a_fact_that_aws_contradicts() -> None:
    """Where AWS's pages disagree no question is asked: sizes of 32 vCPU and the like."""
    doubtful = [
        "32 vCPU",
        "32768 CPU",
        "cpu 32768",
        "0.125",
        "21 GiB",
        "20 GiB",
        "51680",
        "one hour",
        "1 hour",
    ]
    for question in BANK.questions:
        asked = " ".join([question.stem, *(option.text for option in question.options)])
        assert not [text for text in doubtful if text in asked], question.id


def test_question_files_are_where_the_package_looks() -> None:
    """The questions are found from a checkout."""
    assert sorted(path.stem for path in paths.quizzes_dir().glob("*.yaml")) == sorted(
        topic.name for topic in BANK.topics
    )
