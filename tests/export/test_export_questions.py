"""Questions in other programs' formats, read back by independent means."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import sys
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from questions import matching, ordering, question

from ecs_lab.export import anki, gift, moodle_xml, qti, table
from ecs_lab.quiz.model import Case, Option, Topic

if TYPE_CHECKING:
    from pathlib import Path

TRICKY = Option("Is <b>1 < 2</b> & {x} = y: ~z #1 → ok?", "The reason is <i>long</i> & {so}.", True)
CASE = Case("flood", "It has rained for weeks, and the river rises from hour to hour.")
QUESTIONS = (
    question(0, options=(TRICKY, *question(0).options[1:])),
    question(1, right=(1, 3)),
    question(2, case=CASE),
    ordering(3),
    matching(4),
)
TOPICS = (Topic("trees", "Trees/woods", 0, QUESTIONS),)


def moodle() -> list[ET.Element]:
    """The questions of the Moodle file, without the category."""
    root = ET.fromstring(moodle_xml.document(TOPICS))
    return [each for each in root if each.get("type") != "category"]


def test_moodle_has_every_form_by_moodles_names() -> None:
    """Choice, ordering and matching, under one category for the topic."""
    root = ET.fromstring(moodle_xml.document(TOPICS))
    assert root[0].findtext("category/text") == "$course$/top/ecs_lab/Trees//woods"
    kinds = [each.get("type") for each in moodle()]
    assert kinds == ["multichoice", "multichoice", "multichoice", "ordering", "matching"]
    assert [each.findtext("idnumber") for each in moodle()] == [each.id for each in QUESTIONS]


def test_moodle_marks_what_is_right() -> None:
    """A single answer earns all; each of two earns half, and a wrong one beside it loses all."""
    single, double = moodle()[:2]
    assert [each.get("fraction") for each in single.iter("answer")] == ["100", "0", "0", "0"]
    marks = [each.get("fraction") for each in double.iter("answer")]
    assert marks == ["-100", "50", "-100", "50", "-100"]
    assert (single.findtext("single"), double.findtext("single")) == ("true", "false")
    three = question(5, right=(0, 1, 2))
    assert moodle_xml.fraction(three, three.options[0]) == "33.33333"


def test_moodle_shows_signs_as_signs() -> None:
    """What a question says is text, whatever it looks like: twice escaped, once for each reader."""
    answer = next(moodle()[0].iter("answer"))
    assert answer.findtext("text") == "Is &lt;b&gt;1 &lt; 2&lt;/b&gt; &amp; {x} = y: ~z #1 → ok?"
    assert answer.findtext("feedback/text") == "The reason is &lt;i&gt;long&lt;/i&gt; &amp; {so}."


def test_moodle_keeps_order_pairs_and_others() -> None:
    """Steps have their number, pairs their match; an answer without a question has an empty one."""
    order, match = moodle()[3:]
    steps = {each.findtext("text"): each.get("fraction") for each in order.iter("answer")}
    assert steps == {
        f"Step {w}": str(i) for i, w in enumerate(["first", "second", "third", "fourth"], 1)
    }
    pairs = [(e.findtext("text"), e.findtext("answer/text")) for e in match.iter("subquestion")]
    assert pairs == [("The bird", "A nest"), ("The fox", "A den"), ("The bee", "A hive"),
                     ("", "A garage")]  # fmt: skip
    feedback = order.findtext("generalfeedback/text")
    assert feedback
    assert "The reason for second stands here." in feedback


def test_gift_escapes_its_own_signs_and_leaves_ordering_out() -> None:
    """No sign of a question is read as GIFT's; what GIFT has no form for is not in it."""
    text = gift.document(TOPICS)
    assert r"=Is <b>1 < 2</b> & \{x\} \= y\: \~z \#1 → ok?#The reason" in text
    assert "~%50%Option b of birch#" in text
    assert "~%-100%Option a of birch#" in text
    assert "=The bird -> A nest\n" in text
    assert "= -> A garage\n" in text
    assert "question-03" not in text
    bare = re.sub(r"\\.", "", text)
    assert bare.count("{") == bare.count("}") == 4  # one block for each question


def package(tmp_path: Path) -> dict[str, ET.Element]:
    """The files of the QTI package."""
    qti.write(TOPICS, tmp_path / "q.zip")
    with zipfile.ZipFile(tmp_path / "q.zip") as found:
        return {name: ET.fromstring(found.read(name)) for name in found.namelist()}


def test_qti_manifest_lists_every_file(tmp_path: Path) -> None:
    """A resource for each question, and a file for each resource."""
    files = package(tmp_path)
    space = {"cp": qti.MANIFEST}
    resources = files.pop("imsmanifest.xml").findall("cp:resources/cp:resource", space)
    assert [each.get("href") for each in resources] == list(files)
    assert {each.get("type") for each in resources} == {"imsqti_item_xmlv2p1"}


def test_qti_right_answers_name_what_is_there(tmp_path: Path) -> None:
    """Each identifier of the right answer is a choice of the item; order and pairs are kept."""
    files = package(tmp_path)
    found = {}
    for each in QUESTIONS:
        root = files[f"{qti.name_of(each)}.xml"]
        space = {"q": qti.QTI}
        values = [v.text or "" for v in root.findall(".//q:correctResponse/q:value", space)]
        known = {e.get("identifier") for e in root.iter() if "Choice" in e.tag}
        assert {part for value in values for part in value.split()} <= known
        declaration = root.find("q:responseDeclaration", space)
        assert declaration is not None
        found[each.id] = (declaration.get("cardinality"), values)
    assert found["question-00"] == ("single", ["O0"])
    assert found["question-01"] == ("multiple", ["O1", "O3"])
    assert found["question-03"] == ("ordered", ["O0", "O1", "O2", "O3"])
    assert found["question-04"] == ("multiple", ["O0 M3", "O1 M0", "O2 M2"])
    assert qti.right_answers(QUESTIONS[4]) == found["question-04"][1]


def test_qti_is_the_same_bytes_for_the_same_questions(tmp_path: Path) -> None:
    """A package can be compared with an earlier one."""
    for name in ("a.zip", "b.zip"):
        qti.write(TOPICS, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_table_has_every_field_and_no_formula() -> None:
    """A row a question; a field that a spreadsheet would run begins with a quote."""
    formula = question(5, stem="=SUM(A1:A9) is what, in a spreadsheet of the team?")
    topic = Topic("trees", "Trees", 0, (*QUESTIONS, formula))
    rows = list(csv.DictReader(io.StringIO(table.document([topic]))))
    assert [row["right"] for row in rows] == ["A", "B D", "A", "A B C D", "", "A"]
    assert rows[0]["option_A"] == TRICKY.text
    assert (rows[4]["match_A"], rows[4]["match_D"], rows[4]["option_D"]) == (
        "A nest",
        "A garage",
        "",
    )
    assert rows[2]["case"] == CASE.text
    assert rows[5]["stem"].startswith("'=SUM")


def notes(path: Path, folder: Path) -> list[tuple[str, str]]:
    """Identity and fields of the notes of an Anki package."""
    with zipfile.ZipFile(path) as package:
        package.extract("collection.anki2", folder)
    database = sqlite3.connect(folder / "collection.anki2")
    found = database.execute("SELECT guid, flds FROM notes ORDER BY flds").fetchall()
    database.close()
    return found


def test_anki_notes_keep_their_identity(tmp_path: Path) -> None:
    """A question that was reworded is the same note: Anki's schedule of it stays."""
    reworded = (question(0, stem="Quite another wording of the question stands here now?"),)
    anki.write(TOPICS, tmp_path / "a.apkg")
    anki.write([Topic("trees", "Trees", 0, reworded)], tmp_path / "b.apkg")
    first, second = notes(tmp_path / "a.apkg", tmp_path), notes(tmp_path / "b.apkg", tmp_path)
    assert len(first) == len(QUESTIONS)
    assert first[0][0] == second[0][0]
    assert first[0][1] != second[0][1]


def test_anki_front_does_not_give_the_answer_away(tmp_path: Path) -> None:
    """The front has no reason and no mark; steps stand in another order than the right one."""
    for each in QUESTIONS:
        assert "reason" not in anki.front(each)
        assert "Right" not in anki.front(each)
    steps = re.findall(r"Step (\w+)", anki.front(QUESTIONS[3]))
    assert steps != ["first", "second", "third", "fourth"]
    assert "&lt;b&gt;1 &lt; 2" in anki.front(QUESTIONS[0])
    assert "<b>Right</b>: The reason is &lt;i&gt;" in anki.back(QUESTIONS[0])
    assert "<b>The fox → A den</b>" in anki.back(QUESTIONS[4])


def test_missing_genanki_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is not installed, nothing is written and the next step is said."""
    monkeypatch.setitem(sys.modules, "genanki", None)
    with pytest.raises(anki.AnkiMissingError, match="run 'pip install genanki'"):
        anki.write(TOPICS, tmp_path / "a.apkg")
    assert not list(tmp_path.iterdir())
