"""The linter: each rule finds its fault, and says nothing of good questions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from questions import bank, matching, ordering, question

from ecs_lab.quiz import coverage
from ecs_lab.quiz.lint import lint
from ecs_lab.quiz.model import Option

if TYPE_CHECKING:
    from pathlib import Path

    from ecs_lab.quiz.model import Question


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    """A folder with one notebook of two headings."""
    cells = [
        {
            "cell_type": "markdown",
            "source": ["# Start here\n", "\n", "Text\n", "## The first task"],
        },
        {"cell_type": "code", "source": "# not a heading"},
    ]
    path = tmp_path / "00-start-here.ipynb"
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    return tmp_path


def spread(count: int = 8) -> list[Question]:
    """Good questions, with the right option in places 1 to 4 by turns."""
    return [question(number, right=(number % 4,)) for number in range(count)]


def with_option(place: int, **changes: Any) -> Question:
    """A question with one option changed."""
    options = list(question().options)
    options[place] = replace(options[place], **changes)
    return question(options=tuple(options))


def found(notebooks: Path, *questions: Question) -> list[str]:
    """The faults, without the file in front."""
    return [str(p).removeprefix("trees.yaml:") for p in lint(bank(*questions), notebooks)]


def test_good_questions_have_no_faults(notebooks: Path) -> None:
    """Nothing is said where nothing is wrong."""
    assert found(notebooks, *spread(), question(8, right=(1, 4))) == []


@pytest.mark.parametrize(
    ("bad", "start"),
    [
        (
            question(right=(0, 1), select=3),
            "1: question-00.select: expected 3 right option(s); found 2.",
        ),
        (with_option(0, correct=False), "1: question-00.select: expected 1 right option(s)"),
        (
            question(right=(0, 1), options=question(right=(0, 1)).options[:4]),
            "1: question-00.options: expected at least 5 options where several are right; found 4.",
        ),
        (
            question(stem="Which two hold? Choose TWO."),
            "1: question-00.stem: expected no instruction to select; found 'Choose TWO' in",
        ),
        (
            with_option(3, text="All of the above"),
            "1: question-00.options: expected an option that stands by itself; found 'All of the",
        ),
        (
            with_option(3, text="Neither A nor C"),
            "1: question-00.options: expected an option that stands by itself; found 'Neither A",
        ),
        (
            with_option(2, why="Wrong."),
            ("1: question-00.options: expected a reason of at least five words for every option; "
            "found 'Wrong.'."),
        ),
        (
            with_option(2, text="OPTION a OF amber"),
            "1: question-00.options: expected options that differ; found 'option a of amber' 2",
        ),
        (question(sources=()), "1: question-00.sources: expected a page; found none."),
        (
            question(sources=("https://blog.example.com/ecs",)),
            "1: question-00.sources: expected a page of https://docs.aws.amazon.com/ or https://aw",
        ),
        (
            question(sources=("https://docs.aws.amazon.com.example.com/",)),
            "1: question-00.sources: expected a page of",
        ),
        (
            question(stem="A task starts. Which of these is not a state of it?"),
            "1: question-00.stem: expected a negative word of the question in capitals; found 'no",
        ),
        (
            question(stem="A task starts. Which state can't it have?"),
            "1: question-00.stem: expected a negative word of the question in capitals; found",
        ),
        (
            with_option(0, text="x" * 80),
            ("1: question-00.options: expected wrong options about as long as the right one; "
            "found 17 characters beside 80."),
        ),
        (
            question(concepts=("OV-99",)),
            "1: question-00.concepts: expected an id of concepts.csv; found 'OV-99'. Did you mean",
        ),
        (
            question(section="notebooks/00-start.ipynb"),
            ("1: question-00.section: expected a notebook of the course; found '00-start.ipynb'. "
            "Did you mean '00-start-here.ipynb'?"),
        ),
        (
            question(section="notebooks/00-start-here.ipynb#The-first-tsk"),
            ("1: question-00.section: expected a heading of 00-start-here.ipynb; "
            "found 'The-first-tsk'. Did you mean 'The-first-task'?"),
        ),
    ],
)  # fmt: skip
def test_fault_of_one_question_is_found(bad: Question, start: str, notebooks: Path) -> None:
    """Each rule on a question says what it wants, what it found, and what to do."""
    (fault,) = found(notebooks, bad)
    assert fault.startswith(start)


@pytest.mark.parametrize(
    "good",
    [
        question(stem="The task does not start. Which state does it have?"),
        question(stem="A task starts. Which of these is NOT a state of it?"),
        question(section="notebooks/00-start-here.ipynb#The-first-task"),
        question(sources=("https://github.com/aws/amazon-ecs-agent/blob/master/README.md",)),
    ],
)
def test_near_misses_are_no_faults(good: Question, notebooks: Path) -> None:
    """A negative situation, emphasis, a real heading and a page of AWS's repositories are fine."""
    assert found(notebooks, good) == []


def test_id_used_twice_is_found(notebooks: Path) -> None:
    """The second question of an id is named, and where the first stands."""
    (fault,) = found(notebooks, question(0), question(1, id="question-00"))
    assert fault == (
        "2: question-00.id: expected an id of its own; found the id 'question-00' again "
        "(first in trees.yaml:1). Give the newer question another id."
    )


def test_right_option_always_in_one_place_is_found(notebooks: Path) -> None:
    """A topic whose answer is always B gives itself away; so does an exam."""
    of_exam, fault = found(notebooks, *[question(number, right=(1,)) for number in range(8)])
    assert "expected right options of SAA-C03 spread over the places" in of_exam
    assert fault.startswith(
        "1: questions: expected right options spread over the places; "
        "found the right one in place 2 in 8 of 8 questions."
    )


@pytest.mark.parametrize(("text", "word"), [("Option long enough", "longest"), ("O", "shortest")])
def test_right_option_always_of_one_length_is_found(text: str, word: str, notebooks: Path) -> None:
    """So does one whose answer is always the longest option, or the shortest."""
    given_away = []
    for number, made in enumerate(spread()):
        options = [
            Option(f"{text} {number}", option.why, correct=True) if option.correct else option
            for option in made.options
        ]
        given_away.append(replace(made, options=tuple(options)))
    (fault,) = found(notebooks, *given_away)
    assert f"found the {word} option right in 8 of 8 questions. Reword options of: q" in fault


def test_question_asked_twice_is_found(notebooks: Path) -> None:
    """A stem with a word or two changed is the same question, whatever its wrong options."""
    stem = (
        "A service runs three tasks on two container instances and one of them is terminated by "
        "mistake. What does the service scheduler do next?"
    )
    again = stem.replace("three tasks", "four tasks").replace("by mistake", "at night")
    (fault,) = found(notebooks, question(0, stem=stem), question(1, right=(1,), stem=again))
    assert "% like question-00 (trees.yaml:1). Ask from another side" in fault


def test_same_question_in_other_words_is_found(notebooks: Path) -> None:
    """What two questions share counts by how rare it is, not by the order of the words."""
    first = question(0, stem="The subnet of a Fargate task has no free addresses. What happens?")
    again = question(
        1,
        options=first.options,
        stem="What happens to a task on Fargate when its subnet lacks free addresses?",
    )
    other = question(2, right=(2,), stem="A Fargate task pulls its image. Which role is used?")
    (fault,) = found(notebooks, first, again, other, *spread()[3:])
    assert "like question-00" in fault


@pytest.mark.parametrize(
    ("bad", "start"),
    [
        (ordering(options=ordering().options[:2]), "1: question-00.options: expected 3 to 5 steps"),
        (ordering(options=with_option(0).options), "1: question-00.select: expected 0 right opt"),
        (matching(others=("A nest",)), "1: question-00.others: expected answers that match noth"),
        (
            matching(
                options=(*matching().options[:2], Option("The cat", "It has a basket at home."))
            ),
            "1: question-00.options: expected 3 options with 'match'; found 2.",
        ),
        (
            question(options=(*question().options, Option("Option e", "One too many of them is."))),
            "1: question-00.options: expected 4 options where one is right; found 5.",
        ),
    ],
)
def test_fault_of_another_type_is_found(bad: Question, start: str, notebooks: Path) -> None:
    """Each type has its own number of options, and its own way to say what is right."""
    (fault,) = found(notebooks, bad)
    assert fault.startswith(start)


def test_questions_of_other_types_have_no_faults(notebooks: Path) -> None:
    """An order and matches are right as they stand."""
    assert found(notebooks, *spread(), ordering(8), matching(9)) == []


@pytest.mark.parametrize(
    ("stem", "said"),
    [
        (f"A task that {'runs and ' * 20}stops is found. Why?", "sentences of at most 30 words"),
        ("Considerable organisational requirements notwithstanding? Deliberate.", "plain language"),
        ("A team will utilise two tasks. How many run?", "Say 'use'."),
    ],
)
def test_language_that_is_not_plain_is_found(stem: str, said: str, notebooks: Path) -> None:
    """Long sentences, a text of long words, and a word that has a plainer one."""
    assert any(said in fault for fault in found(notebooks, question(stem=stem)))


def test_names_of_aws_are_no_long_words(notebooks: Path) -> None:
    """What AWS calls its things is not the author's choice."""
    stem = "A service sets minimumHealthyPercent, assignPublicIp and HealthCheckGracePeriod. Why?"
    assert found(notebooks, question(stem=stem)) == []


def test_core_concepts_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notebooks: Path
) -> None:
    """Too few questions are a line of the report."""
    table = "id,topic,concept,tier\nOV-01,Overview,What ECS is,core\nOV-02,Overview,Cluster,extra\n"
    (tmp_path / "concepts.csv").write_text(table, "utf-8")
    monkeypatch.setattr("ecs_lab.paths.quizzes_dir", lambda: tmp_path)
    (tmp_path / "rules.toml").write_text("[coverage]\ntimes = 2\n", "utf-8")
    one, two = bank(question(0)), bank(question(0), question(1, right=(1,)))
    assert lint(one, notebooks) == []
    assert "OV-01  1  What ECS is" in coverage.report(one)
    assert "OV-01" not in coverage.report(two)
