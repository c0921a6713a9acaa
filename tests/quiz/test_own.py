"""A teacher's own questions: checked like the course's, kept, used, put aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ecs_lab.cli import cli
from ecs_lab.coursefile import CourseFileError
from ecs_lab.exam import sitting as exams
from ecs_lab.progress import Answer, Flag, Sitting, here
from ecs_lab.quiz import bank, own
from ecs_lab.quiz.practice import Practice
from ecs_lab.widgets.exam import show as show_exam
from ecs_lab.widgets.quiz import show as show_quiz

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
title: Our shop
order: 90
questions:
  - id: shop-fixed-fleet
    concepts: [PL-02]
    difficulty: 1
    exams: [SAA-C03]
    stem: >-
      The booth of a village fair sells pumpkin soup from one kettle. Its owner rents eleven
      carts by the hour, and pays for every cart that carries a pot. Which strategy needs the
      smallest number of carts?
    options:
      - {text: binpack on memory, correct: true, why: It fills one cart before it takes another.}
      - {text: spread on instanceId, why: It puts a pot on every cart there is.}
      - {text: random placement, why: It takes any cart that still has room.}
      - {text: spread on a zone, why: It keeps a cart busy at each end of the fair.}
    sources:
      - https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
    as_of: 2026-11-26
    section: notebooks/07-placement.ipynb
"""


def run(*words: str) -> Result:
    """A command of the terminal."""
    return CliRunner().invoke(cli, [*words], prog_name="ecs-lab", input="")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with nothing wrong."""
    path = tmp_path / "our-shop.yaml"
    path.write_text(TEXT, "utf-8")
    return path


def test_right_file_is_kept_and_can_be_practised(file: Path) -> None:
    """After import its topic stands beside the course's, for quiz and exports."""
    done = run("import", str(file))
    assert done.exit_code == 0, done.output
    assert "Kept 1 questions as" in done.output
    assert (own.folder() / "our-shop.yaml").read_text("utf-8") == TEXT
    assert "our-shop" in bank.topic_names()
    assert bank.load_topic("our-shop").questions[0].id == "shop-fixed-fleet"
    assert own.with_own().questions[-1].id == "shop-fixed-fleet"
    assert all(topic.name != "our-shop" for topic in bank.load_bank().topics)
    asked = run("quiz", "our-shop")
    assert "pumpkin soup" in " ".join(asked.output.split())
    assert "our-shop  Our shop, 1 questions" in run("import", "--list").output


def test_file_can_be_used_without_being_kept(file: Path) -> None:
    """A path in place of a topic's name; nothing is written."""
    assert "pumpkin soup" in " ".join(run("quiz", str(file)).output.split())
    assert own.files() == []


@pytest.mark.parametrize(
    "words", ["--weak --count 1", "--due", "--missed", "--flagged", "--exam SAA-C03 --flagged"]
)
def test_kept_questions_are_found_by_need(file: Path, words: str) -> None:
    """Weak, due, missed and flagged look at one's own questions too, also for an exam."""
    run("import", str(file))
    long_ago = "2026-01-01T09:00:00.000+00:00"
    here().add(Answer("shop-fixed-fleet", False, at=long_ago), Flag("shop-fixed-fleet"))
    asked = run("quiz", *words.split())
    assert "pumpkin soup" in " ".join(asked.output.split()), asked.output
    standing = run("progress")
    assert "Our shop" in standing.output, standing.output


def test_file_is_chosen_from_without_being_kept(file: Path) -> None:
    """--with adds a file, a file is a topic, and what was left of it goes on."""
    here().add(Flag("shop-fixed-fleet"))
    for words in (("--flagged", "--with", str(file)), (str(file), "--exam", "SAA-C03")):
        asked = run("quiz", *words, "--seed", "1")
        assert "pumpkin soup" in " ".join(asked.output.split()), asked.output
    kept = Practice.new(own.topic(str(file)))
    kept.look(0)
    kept.flag(0)
    again = Practice.resumed(kept.sitting)
    assert [item.question.id for item in again.session.items] == ["shop-fixed-fleet"]
    refused = run("quiz", "fargate", "--with", str(file))
    assert refused.exit_code == 2
    assert "--with goes with --exam, --weak" in refused.output


def test_notebook_takes_files(file: Path) -> None:
    """lab.quiz and lab.exam ask questions of a file as the terminal does; a slip is a sentence."""
    here().add(Flag("shop-fixed-fleet"))
    for wish in ({"topic": str(file)}, {"by": "flagged", "files": [file]}):
        quiz = show_quiz(**wish)
        assert "pumpkin soup" in quiz.as_text()
        quiz.close()
    board = show_exam("SAA-C03", topic="our-shop", files=str(file))
    board.press("begin")
    assert "pumpkin soup" in board.as_text()
    board.close()
    (sitting,) = here().all(Sitting, kind="exam")
    assert [item.question.id for item in exams.load(sitting).items] == ["shop-fixed-fleet"]
    with pytest.raises(CourseFileError, match="expected a file that can be read") as missing:
        show_exam("SAA-C03", files="nothing.yaml")
    assert missing.value._render_traceback_() == [str(missing.value)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("difficulty: 1", "dificulty: 1", "6: questions[0].dificulty: expected a known key"),
        ("- id: shop-fixed-fleet", "- id: placement-fewest-instances",
         "an id of its own; found the id 'placement-fewest-instances' again (first in"),
        ("random placement", "all of the above", "expected an option that stands by itself"),
        ("    difficulty: 1", "    proof: shop\n    difficulty: 1", "proof"),
        ("https://docs.aws.amazon.com/AmazonECS", "https://example.com/AmazonECS", "sources"),
        ("07-placement", "07-placemnt", "Did you mean '07-placement.ipynb'?"),
    ],
)  # fmt: skip
def test_wrong_file_names_line_and_field_and_keeps_nothing(
    file: Path, old: str, new: str, said: str
) -> None:
    """The course's linter speaks, of this file only."""
    file.write_text(TEXT.replace(old, new), "utf-8")
    done = run("import", str(file))
    assert done.exit_code == 1
    assert "Nothing was kept: " in done.output
    lines = done.output.splitlines()[1:]
    assert any(said in line for line in lines), done.output
    assert all(line.startswith(f"{file}:") for line in lines)
    assert own.files() == []


def test_name_of_a_course_topic_is_taken(file: Path) -> None:
    """A file cannot stand in front of the course's questions."""
    taken = file.rename(file.with_name("placement.yaml"))
    done = run("import", str(taken))
    assert "found the course's topic 'placement'. Give the file another name." in done.output


def test_other_questions_of_that_name_are_replaced_only_when_asked(file: Path) -> None:
    """The same file again changes nothing; another one needs --replace, and the old one stays."""
    run("import", str(file))
    assert run("import", str(file)).exit_code == 0
    file.write_text(TEXT.replace("eleven", "twelve"), "utf-8")
    refused = run("import", str(file))
    assert refused.exit_code == 1
    assert "Say --replace" in refused.output
    assert run("import", str(file), "--replace").exit_code == 0
    assert "twelve" in own.files()[0].read_text("utf-8")
    (before,) = own.folder().glob("*.before-*")
    assert "eleven" in before.read_text("utf-8")


def test_check_keeps_nothing_and_remove_puts_aside(file: Path) -> None:
    """--check only looks; what is removed is still there under another name."""
    assert "nothing wrong" in run("import", "--check", str(file)).output
    assert own.files() == []
    run("import", str(file))
    assert "Did you mean 'our-shop'?" in run("import", "--remove", "our-shpo").output
    assert "Out of use" in run("import", "--remove", "our-shop").output
    assert own.files() == []
    assert len([*own.folder().glob("*.removed-*")]) == 1
    assert "You keep no questions of your own" in run("import").output


def test_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """A slip in the path is told like anything else that is wrong."""
    done = run("import", str(tmp_path / "nothing.yaml"))
    assert done.exit_code == 1
    assert "expected a file that can be read; found No such file" in done.output
