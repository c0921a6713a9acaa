"""Course files: what is read, and how what is wrong is told."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from ecs_lab import coursefile
from ecs_lab.quiz.bank import SCHEMA as QUIZ_SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

RULES = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "items"],
    "properties": {
        "title": {"type": "string", "minLength": 3, "description": "Say what it is."},
        "items": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/item"}},
    },
    "$defs": {
        "item": {
            "type": "object",
            "additionalProperties": False,
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "pattern": "^[a-z]+$", "description": "Small letters."},
                "level": {"enum": ["easy", "hard"]},
                "points": {"type": "integer", "minimum": 1, "maximum": 9},
                "day": {"type": "string"},
                "ready": {"type": "boolean"},
            },
        }
    },
}
GOOD = "title: A file\nitems:\n  - id: one\n    level: easy\n  - id: two\n    points: 3\n"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    """A small schema in a file."""
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(RULES), "utf-8")
    return path


def faults(text: str | bytes, schema: Path) -> list[str]:
    """The problems of a file with this text, without the file's path in front."""
    path = schema.with_name("course.yaml")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(coursefile.CourseFileError) as caught:
        coursefile.load(path, schema)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def test_valid_file_is_plain_data(schema: Path) -> None:
    """A valid file gives what it says."""
    path = schema.with_name("course.yaml")
    path.write_text(GOOD, "utf-8")
    assert coursefile.load(path, schema) == {
        "title": "A file",
        "items": [{"id": "one", "level": "easy"}, {"id": "two", "points": 3}],
    }


def test_mark_at_the_beginning_of_a_file_is_no_fault(schema: Path) -> None:
    """Editors on Windows may begin a file with a byte order mark."""
    path = schema.with_name("course.yaml")
    path.write_text(GOOD, "utf-8-sig")
    assert coursefile.load(path, schema)["title"] == "A file"


def test_lines_of_fields_are_known(schema: Path) -> None:
    """A valid file knows the line of each of its fields, for messages of later checks."""
    path = schema.with_name("course.yaml")
    path.write_text(GOOD, "utf-8")
    file = coursefile.read(path, schema)
    assert [file.line("items", 0), file.line("items", 1, "points"), file.line("title")] == [3, 6, 1]


def test_all_faults_come_at_once_by_line(schema: Path) -> None:
    """One error names everything wrong: line, field, expected, found, and the fix."""
    text = (
        "title: 7\n"
        "items:\n"
        "  - id: One\n"
        "    levle: easy\n"
        "  - level: esy\n"
        "    points: 12\n"
        "  - id: two\n"
        "    points: 0\n"
        "    ready: maybe\n"
        "extra: 1\n"
    )
    assert faults(text, schema) == [
        "1: title: expected text; found 7. Say what it is.",
        '3: items[0].id: expected text of the form ^[a-z]+$; found "One". Small letters.',
        (
            "4: items[0].levle: expected a known key; found the unknown key 'levle'. "
            "Did you mean 'level'?"
        ),
        "5: items[1]: expected the key 'id'; found none. Add it. Small letters.",
        "5: items[1].level: expected one of easy, hard; found \"esy\". Did you mean 'easy'?",
        "6: items[1].points: expected a number up to 9; found 12. Change it to what is expected.",
        "8: items[2].points: expected a number from 1 up; found 0. Change it to what is expected.",
        '9: items[2].ready: expected true or false; found "maybe". Change it to what is expected.',
        "10: extra: expected a known key; found the unknown key 'extra'. Known are: items, title.",
    ]


def test_second_key_of_the_same_name_is_a_fault(schema: Path) -> None:
    """YAML would silently drop the first of two equal keys; a course file may not have them."""
    text = "title: A file\nitems:\n  - id: one\n    id: two\n"
    assert faults(text, schema) == [
        "4: items[0].id: expected each key once; found a second 'id'. Keep one of the two."
    ]


def test_aliases_are_refused(schema: Path) -> None:
    """What a line says is to be read on that line; an alias to itself does not hang the loader."""
    text = "title: A file\nitems:\n  - &one {id: one}\n  - *one\n  - &me [*me]\n"
    assert [fault.split(";")[0] for fault in faults(text, schema)] == [
        "3: items[1]: expected a value",
        "5: items[2]: expected a mapping of fields",
        "5: items[2][0]: expected a value",
    ]


def test_tags_are_refused(schema: Path) -> None:
    """No Python object is made from a course file."""
    text = "title: A file\nitems:\n  - id: !!python/name:os.system\n"
    (fault,) = faults(text, schema)
    assert fault.startswith("3: items[0].id: expected plain text, a number, true or false; found")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("title: a: b\n", "1: expected valid YAML; found mapping values are not allowed"),
        ("title: 'a\n", "2: expected valid YAML; found unexpected end of stream"),
        ("title: ok\n  - x: [\n", "2: expected valid YAML; found "),
        ("a: 1\n---\nb: 2\n", "2: expected valid YAML; found another document"),
        ("a\x01b", "1: expected valid YAML; found unacceptable character"),
        ("", "1: expected a mapping of fields; found an empty file"),
        ("- a\n", "1: expected a mapping of fields; found a list of 1"),
        (b"title: \xff\n", "1: expected text in UTF-8; found byte 0xff at byte 7"),
    ],
)
def test_file_that_is_no_course_file_says_why(text: str | bytes, start: str, schema: Path) -> None:
    """Broken YAML, other encodings and empty files give one clear problem."""
    (fault,) = faults(text, schema)
    assert fault.startswith(start)


def test_missing_file_says_so(schema: Path) -> None:
    """A file that is not there is a fault like the others."""
    with pytest.raises(coursefile.CourseFileError, match=r"No such file.*Check the path"):
        coursefile.load(schema.with_name("none.yaml"), schema)


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "8080:80", "2026-11-24", "0x1F", "1_0"])
def test_only_true_and_false_are_special_words(word: str, schema: Path) -> None:
    """Words, ports and dates that YAML 1.1 would turn into other things stay text."""
    path = schema.with_name("course.yaml")
    path.write_text(f"title: A file\nitems:\n  - id: one\n    day: {word}\n", "utf-8")
    assert coursefile.load(path, schema)["items"][0]["day"] == word


def test_pure_python_yaml_reads_the_same(schema: Path) -> None:
    """Where PyYAML has no C part (in a browser tab), the file and its faults are the same."""
    path = schema.with_name("course.yaml")
    path.write_text(GOOD, "utf-8")
    wrong = schema.with_name("wrong.yaml")
    wrong.write_text(GOOD.replace("level", "levle"), "utf-8")
    code = (
        "import sys, yaml, pathlib; vars(yaml).pop('CSafeLoader', None)\n"
        "from ecs_lab import coursefile\n"
        "good, wrong, schema = map(pathlib.Path, sys.argv[1:])\n"
        "print(coursefile.load(good, schema))\n"
        "try: coursefile.load(wrong, schema)\n"
        "except coursefile.CourseFileError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code, str(path), str(wrong), str(schema)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    data, fault = done.stdout.splitlines()
    assert data == str(coursefile.load(path, schema))
    assert fault.startswith(f"{wrong}:4: items[0].levle: ")
    assert fault.endswith("Did you mean 'level'?")


QUESTION = {
    "id": "a-question",
    "concepts": ["OV-01"],
    "difficulty": 1,
    "exams": ["SAA-C03"],
    "stem": "What is the question here?",
    "options": [{"text": letter, "why": "Because it is so, and long."} for letter in "abcd"],
    "sources": ["https://docs.aws.amazon.com/x.html"],
    "as_of": "2026-11-24",
    "section": "notebooks/00-start-here.ipynb",
}
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 5), st.text(max_size=3), st.just([]), st.just({}),
    st.just(["OV-01", "OV-01"]), st.just("https://a"), st.just(1.0),
)  # fmt: skip


@given(key=st.sampled_from([*QUESTION, "select", "exam_today", "wrong"]), value=VALUES)
def test_fast_check_and_full_check_agree(key: str, value: Any) -> None:
    """The compiled schema, which only says yes or no, says what jsonschema says."""
    question = copy.deepcopy(QUESTION) | {key: value}
    data = {"title": "T", "order": 0, "questions": [question]}
    rules = json.loads(QUIZ_SCHEMA.read_text("utf-8"))
    try:
        fastjsonschema.compile(rules)(data)
        accepted = True
    except fastjsonschema.JsonSchemaValueException:
        accepted = False
    assert accepted == Draft7Validator(rules).is_valid(data)
