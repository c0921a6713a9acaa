"""The bank: files into questions, and what a wrong file or topic gives."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ecs_lab import coursefile
from ecs_lab.quiz.bank import UnknownTopicError, load_bank, load_topic, topic_names
from ecs_lab.quiz.model import Option

TEXT = """\
title: Trees
order: 4
questions:
  - id: trees-which
    concepts: [OV-01]
    difficulty: 2
    exams: [SAA-C03]
    stem: >-
      Which of these
      are trees of the north?
    select: 2
    options:
      - {text: Birch, correct: true, why: It grows far in the north.}
      - {text: Palm, why: It grows where it is warm.}
      - {text: Spruce, correct: true, why: It grows far in the north.}
      - {text: Olive, why: It grows where it is warm.}
      - {text: Fig, why: It grows where it is warm.}
    sources: [https://docs.aws.amazon.com/trees.html]
    as_of: 2026-11-24
    section: notebooks/00-start-here.ipynb#The-first-tree
    exam_today: Exams know three of them, the page lists more.
"""


def write(folder: Path, **files: str) -> Path:
    """A folder with these question files."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def test_file_becomes_questions(tmp_path: Path) -> None:
    """Every field of the file is in the question, with the line where it stands."""
    topic = load_topic("trees", write(tmp_path, trees=TEXT))
    (question,) = topic.questions
    assert (topic.name, topic.title, topic.order) == ("trees", "Trees", 4)
    assert question.stem == "Which of these are trees of the north?"
    assert question.options[0] == Option("Birch", "It grows far in the north.", correct=True)
    assert question.correct == {0, 2}
    assert (question.select, question.instruction) == (2, "Select TWO.")
    assert question.as_of == date(2026, 11, 24)
    assert question.lesson == "notebook 00-start-here, section 'The first tree'"
    assert question.exam_today == "Exams know three of them, the page lists more."
    assert (question.file, question.line) == (str(tmp_path / "trees.yaml"), 4)


def test_topics_come_in_the_order_of_study(tmp_path: Path) -> None:
    """The order in the files counts, not the alphabet."""
    early = TEXT.replace("order: 4", "order: 1")
    folder = write(tmp_path, apples=TEXT, trees=early)
    assert [topic.name for topic in load_bank(folder).topics] == ["trees", "apples"]
    assert topic_names(folder) == ["apples", "trees"]


def test_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    """A teacher with two wrong files hears of both."""
    folder = write(
        tmp_path,
        one=TEXT.replace("difficulty: 2", "difficulty: 9"),
        two=TEXT.replace("2026-11-24", "2026-13-24"),
        three=TEXT,
    )
    with pytest.raises(coursefile.CourseFileError) as caught:
        load_bank(folder)
    told = [(Path(p.file).name, p.line, p.field, p.found, p.fix) for p in caught.value.problems]
    day = "Write the day the sources were read."
    assert told == [
        ("one.yaml", 6, "questions[0].difficulty", "9", "1 recall, 2 apply, 3 combine."),
        ("two.yaml", 19, "questions[0].as_of", "'2026-13-24'", day),
    ]


def test_unknown_topic_suggests_the_nearest(tmp_path: Path) -> None:
    """A slip of the finger gets the right name; IPython shows the sentence alone."""
    with pytest.raises(UnknownTopicError) as caught:
        load_topic("tree", write(tmp_path, trees=TEXT))
    sentence = "There is no topic 'tree'. Did you mean 'trees'?"
    assert str(caught.value) == sentence
    assert caught.value._render_traceback_() == [sentence]


def test_topic_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    """A topic is a name in the folder, not a path out of it."""
    inner = tmp_path / "quizzes"
    inner.mkdir()
    write(tmp_path, trees=TEXT)
    with pytest.raises(UnknownTopicError):
        load_topic("../trees", inner)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with one topic, and a cache of its own."""
    folder = tmp_path / "quizzes"
    folder.mkdir()
    write(folder, trees=TEXT)
    monkeypatch.setattr("ecs_lab.paths.quizzes_dir", lambda: folder)
    monkeypatch.setenv("ECS_LAB_CACHE", str(tmp_path / "cache"))
    return folder


def test_second_reading_comes_from_the_cache_and_is_the_same(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same questions come without the YAML being read again."""
    first = load_topic("trees")
    monkeypatch.setattr("ecs_lab.coursefile.read", lambda *_: pytest.fail("read again"))
    assert load_topic("trees") == first
    assert load_bank().topics == (first,)


def test_bank_is_the_same_without_yaml_in_c(tmp_path: Path) -> None:
    """Where PyYAML was built without its C part, as in a browser, the same questions are read."""
    script = (
        "import yaml; del yaml.CSafeLoader\n"
        "from ecs_lab import coursefile; from ecs_lab.quiz.bank import load_bank\n"
        "assert coursefile._Loader.__mro__[1] is yaml.SafeLoader\n"
        "print(repr(load_bank()))"
    )
    own = {**os.environ, "ECS_LAB_CACHE": str(tmp_path / "pure")}
    done = subprocess.run([sys.executable, "-c", script], env=own, capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout.strip() == repr(load_bank())


def test_changed_file_is_read_anew(course: Path) -> None:
    """The content counts, not the date of the file; a fault in it is told as ever."""
    load_topic("trees")
    path = course / "trees.yaml"
    path.write_text(TEXT.replace("Birch", "Larch"), "utf-8")
    assert load_topic("trees").questions[0].options[0].text == "Larch"
    path.write_text(TEXT.replace("difficulty: 2", "difficulty: 9"), "utf-8")
    with pytest.raises(coursefile.CourseFileError):
        load_topic("trees")


@pytest.mark.parametrize("rubbish", ["", "{", "[1]", '{"digest": 1}'])
def test_broken_cache_is_as_good_as_none(course: Path, rubbish: str) -> None:
    """A cache file that was cut off, or is of something else, does no harm."""
    first = load_topic("trees")
    (kept,) = (course.parent / "cache").rglob("*.json")
    kept.write_text(rubbish, "utf-8")
    assert load_topic("trees") == first


def test_cache_that_cannot_be_written_is_no_trouble(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cache folder cannot be made the bank is read all the same."""
    (course / "file").write_text("", "utf-8")
    monkeypatch.setenv("ECS_LAB_CACHE", str(course / "file" / "below"))
    assert load_topic("trees").title == "Trees"


def test_case_that_the_file_does_not_have_is_told(tmp_path: Path) -> None:
    """A question on a case names one of its file."""
    text = TEXT.replace("    difficulty: 2", "    case: flod\n    difficulty: 2").replace(
        "questions:",
        "cases:\n  - {id: flood, text: It has rained for weeks and the river rises.}\nquestions:",
        1,
    )
    with pytest.raises(coursefile.CourseFileError) as caught:
        load_topic("trees", write(tmp_path, trees=text))
    (problem,) = caught.value.problems
    assert (problem.field, problem.found) == ("questions[0].case", "'flod'")
    assert problem.fix == "Did you mean 'flood'?"
    right = load_topic("trees", write(tmp_path, trees=text.replace("flod", "flood")))
    case = right.questions[0].case
    assert case is not None
    assert case.text == "It has rained for weeks and the river rises."
