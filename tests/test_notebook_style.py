"""How the course's notebooks read: small steps, one form, and nothing that is promised and missing.

How to change one stands in CONTRIBUTING.md, "Change a notebook".
"""

from __future__ import annotations

import ast
import csv
import json
import re
import statistics
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from surroundings import REPOSITORY

from ecs_lab.exercises import catalog
from ecs_lab.quiz import bank

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
ENDING = ["When it breaks", "Terms", "Exercises", "Exam questions"]
OPENING = ["The question:", "You will build", "You need", "It takes"]

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@cache
def book(path: Path) -> dict[str, Any]:
    """A notebook as it is in the file."""
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


def cells(path: Path, kind: str) -> dict[str, str]:
    """The sources of a notebook's cells of one kind, by cell id, in order."""
    found = [cell for cell in book(path)["cells"] if cell["cell_type"] == kind]
    return {cell["id"]: "".join(cell["source"]) for cell in found}


def ours(path: Path) -> dict[str, Any]:
    """What a notebook says of itself for the course: exercises, quiz, concepts, minutes."""
    metadata: dict[str, Any] = book(path)["metadata"]["ecs_lab"]
    return metadata


def headings(path: Path, level: str = "#+") -> list[str]:
    """The headings of a notebook, of one level ("##") or of all."""
    text = "\n".join(cells(path, "markdown").values())
    return re.findall(rf"^{level} (.+)$", text, re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """What a link to a section of a notebook can name after its `#`, as in JupyterLab."""
    return {heading.replace(" ", "-") for heading in headings(path)}


def lines(code: str) -> int:
    """How many lines of a cell are not empty."""
    return sum(bool(line.strip()) for line in code.splitlines())


def words_of_prose(text: str) -> int:
    """How many words there are, outside of tables and headings, and without link targets."""
    prose = re.sub(r"^[|#].*$", "", text, flags=re.MULTILINE)
    return len(re.sub(r"\]\([^)]*\)", "", prose).split())


def section_names(path: Path) -> list[str]:
    """The sections of a notebook that exercises and questions send a learner to."""
    named = [question.section for question in bank.load_bank().questions]
    named += [exercise.section for exercise in catalog.load_all()]
    start = f"notebooks/{path.name}"
    return [name.removeprefix(start).lstrip("#") for name in named if name.startswith(start)]


@every_notebook
def test_a_notebook_is_not_long(path: Path) -> None:
    """It has 25 to 60 cells and takes at most 45 minutes without its exercises."""
    assert 25 <= len(book(path)["cells"]) <= 60
    assert 0 < ours(path)["minutes"] <= 45


@every_notebook
def test_steps_are_small(path: Path) -> None:
    """A code cell has at most 20 lines and typically at most 6; a text has at most 90 words."""
    counts = {name: lines(code) for name, code in cells(path, "code").items()}
    assert {name: count for name, count in counts.items() if count > 20} == {}
    assert statistics.median(counts.values()) <= 6
    prose = {name: words_of_prose(text) for name, text in cells(path, "markdown").items()}
    assert {name: count for name, count in prose.items() if count > 90} == {}


@every_notebook
def test_no_line_of_code_is_wider_than_a_laptop(path: Path) -> None:
    """Nobody scrolls sideways to read a call."""
    code = "\n".join(cells(path, "code").values())
    assert [line for line in code.splitlines() if len(line) > 100] == []


@every_notebook
def test_opening_says_what_comes(path: Path) -> None:
    """The question, what is built, what is needed, and how long it takes."""
    first, *_ = cells(path, "markdown").values()
    assert first.startswith("# ")
    assert [part for part in OPENING if f"**{part}**" not in first] == []
    assert f"about {ours(path)['minutes']} minutes" in first


@every_notebook
def test_ending_is_always_the_same(path: Path) -> None:
    """When it breaks, Terms, Exercises, Exam questions; and no heading comes twice."""
    assert headings(path, "##")[-4:] == ENDING
    assert len(set(headings(path))) == len(headings(path))


@every_notebook
def test_when_it_breaks_is_a_table_of_symptom_cause_and_place(path: Path) -> None:
    """What one sees, why, and where to look, with at least five rows."""
    text = next(t for t in cells(path, "markdown").values() if t.startswith("## When it breaks"))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[0] == "| symptom | likely cause | where to look |"
    assert len(rows) >= 2 + 5


@every_notebook
def test_code_is_calls_and_no_helpers(path: Path) -> None:
    """Functions and classes belong in the package; nothing is installed, and no shell is used."""
    helpers = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    for name, code in cells(path, "code").items():
        assert not re.search(r"^\s*[%!]|\bpip\b", code, re.MULTILINE), name
        assert not [node for node in ast.walk(ast.parse(code)) if isinstance(node, helpers)], name


@every_notebook
def test_a_wanted_error_is_shown_as_such(path: Path) -> None:
    """By `expect_error`, not by a tag that hides any error; and there is at least one."""
    tags = [cell["metadata"].get("tags", []) for cell in book(path)["cells"]]
    assert not any(tags)
    assert "with expect_error(" in "\n".join(cells(path, "code").values())


@every_notebook
def test_there_are_pictures_before_and_after(path: Path) -> None:
    """The first call that shows anything of the lab is followed by more pictures."""
    assert "\n".join(cells(path, "code").values()).count("lab.diagram(") >= 4


@every_notebook
def test_exercises_and_questions_are_there(path: Path) -> None:
    """At least two exercises and five questions, the ones that the metadata names, all known."""
    code = "\n".join(cells(path, "code").values())
    exercises = re.findall(r'lab\.exercise\("([^"]+)"\)', code)
    assert exercises == ours(path)["exercises"]
    assert len(exercises) >= 2
    assert set(exercises) <= set(catalog.ids())
    assert f'lab.quiz("{ours(path)["quiz"]}", count=5)' in code
    assert len(bank.load_topic(ours(path)["quiz"]).questions) >= 5


@every_notebook
def test_concepts_are_those_of_the_course(path: Path) -> None:
    """Each is taught in a section that says so, names its exams, and is in the course's list."""
    with (REPOSITORY / "quizzes" / "concepts.csv").open(encoding="utf-8") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    taught: set[str] = set()
    for cell in book(path)["cells"]:
        if concepts := cell["metadata"].get("ecs_lab", {}).get("concepts"):
            text = "".join(cell["source"])
            assert text.startswith("##"), cell["id"]
            assert "**Exams:**" in text, cell["id"]
            taught.update(concepts)
    assert ours(path)["concepts"] == sorted(taught)
    assert taught <= known


@every_notebook
def test_what_is_asked_is_taught(path: Path) -> None:
    """A notebook teaches every concept of its own exercises and questions; that on exams asks
    about what the others teach.
    """
    questions = () if ours(path).get("exam") else bank.load_topic(ours(path)["quiz"]).questions
    asked = {concept for question in questions for concept in question.concepts}
    for exercise_id in ours(path)["exercises"]:
        asked.update(catalog.load(exercise_id).concepts)
    assert asked - set(ours(path)["concepts"]) == set()


@every_notebook
def test_sections_that_are_linked_to_are_there(path: Path) -> None:
    """Exercises and questions send the learner to sections that exist."""
    assert [name for name in section_names(path) if name and name not in anchors(path)] == []


@every_notebook
def test_links_between_notebooks_lead_somewhere(path: Path) -> None:
    """A relative link names a notebook of the course and, after #, one of its sections."""
    text = "\n".join(cells(path, "markdown").values())
    for target in re.findall(r"\]\((?!https://)([^)]+)\)", text):
        name, _, section = target.partition("#")
        there = path.parent / name if name else path
        assert there in NOTEBOOKS, target
        assert not section or section in anchors(there), target


@every_notebook
def test_links_to_aws_are_to_its_own_pages(path: Path) -> None:
    """A fact's page is AWS's own documentation, its site, or the agent's source."""
    allowed = (
        "https://docs.aws.amazon.com/",
        "https://aws.amazon.com/",
        "https://github.com/aws/",
    )
    text = "\n".join(cells(path, "markdown").values())
    found = re.findall(r"\]\((https?://[^)]+)\)", text)
    assert found
    assert [link for link in found if not link.startswith(allowed)] == []
