"""What AWS says and the tests that show it: docs/fidelity.csv sorted, docs/fidelity.md made.

python tools/fidelity.py           write both
python tools/fidelity.py --check   say what is wrong or out of date, and change nothing
"""

from __future__ import annotations

import ast
import csv
import io
import sys
import tomllib
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from ecs_lab.study.coverage import coverage

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "fidelity.csv"
PAGE = ROOT / "docs" / "fidelity.md"
MESSAGES = ROOT / "ecs_lab" / "engine" / "data" / "task_definition_messages.toml"
RULES = "tests/engine/test_task_definition_rules.py::test_a_broken_rule_is_told_in_awss_words"
AWS = (
    "https://docs.aws.amazon.com/",
    "https://aws.amazon.com/",
    "https://github.com/aws/amazon-ecs-agent",
)
HEADER = """\
# What AWS says, and the test that shows it here

Made by `tools/fidelity.py` from [fidelity.csv](fidelity.csv), the table of RegisterTaskDefinition's
messages and the engine's own list of operations; do not edit it.
"""


class Row(NamedTuple):
    """A statement of AWS's in our words, its page, and the test that shows the lab to keep it."""

    statement: str
    page: str
    test: str


def main(words: list[str]) -> int:
    """Write the files, or check them; the exit code is 1 where something is wrong."""
    rows = read()
    wrong = problems(rows)
    files = {TABLE: as_csv(rows), PAGE: as_page(rows)}
    for path, text in files.items():
        if "--check" not in words and not wrong:
            path.write_text(text, "utf-8")
        elif not path.is_file() or path.read_text("utf-8") != text:
            wrong.append(f"{path.name} is out of date: run python tools/fidelity.py")
    print("\n".join(wrong) or f"{len(rows)} statements, each with its page and its test")
    return int(bool(wrong))


def read() -> list[Row]:
    """The rows of the table, sorted by test."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [Row(*(cell.strip() for cell in line)) for line in list(csv.reader(file))[1:]]
    return sorted(set(rows), key=lambda row: (row.test, row.statement))


def problems(rows: list[Row]) -> list[str]:
    """What is wrong with the rows, one sentence each."""
    wrong = []
    for row in rows:
        if not row.page.startswith(AWS):
            wrong.append(f"{row.statement!r}: {row.page} is no page of AWS's")
        path, _, name = row.test.partition("[")[0].partition("::")
        if name not in tests_in(path):
            wrong.append(f"{row.statement!r}: there is no test {row.test}")
    return wrong


@cache
def tests_in(path: str) -> frozenset[str]:
    """The names of a test module's tests, those of a class as Class::test."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    names = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        names |= {prefix + each.name for each in inside if isinstance(each, ast.FunctionDef)}
    return frozenset(names)


def messages() -> list[Row]:
    """The rules of RegisterTaskDefinition, whose table of messages has their pages."""
    table = tomllib.loads(MESSAGES.read_text("utf-8"))
    return [
        Row(f"RegisterTaskDefinition refuses: “{each['text']}”", each["source"], RULES)
        for each in table.values()
        if each["source"].startswith(AWS)
    ]


def as_csv(rows: list[Row]) -> str:
    """The table as a file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([Row._fields, *rows])
    return text.getvalue()


def as_page(rows: list[Row]) -> str:
    """The page: a count, the statements by topic, and what is not simulated."""
    every = sorted([*rows, *messages()], key=lambda row: (row.test.partition("::")[0], row.test))
    covered = coverage()
    works = sum(each.works for each in covered)
    shown = f"**{len(every)} statements** are shown by tests."
    lines = [HEADER, f"{shown} {works} of the {len(covered)} operations of the ECS API work.\n"]
    for path, group in groupby(every, key=lambda row: row.test.partition("::")[0]):
        lines += [f"## {topic(path)}\n", f"Tests in [{path}](../{path}).\n"]
        lines += ["| AWS says | page | test |", "| --- | --- | --- |"]
        lines += [line(row) for row in group]
        lines.append("")
    lines += ["## Not simulated\n", "These answer `NotSimulatedException`:\n"]
    lines += [f"- `{each.operation}`" for each in covered if not each.works]
    return "\n".join(lines) + "\n"


def topic(path: str) -> str:
    """The topic of a test module: `Task lifecycle` for tests/engine/test_task_lifecycle.py."""
    return Path(path).stem.removeprefix("test_").replace("_", " ").capitalize()


def line(row: Row) -> str:
    """A row of a table in Markdown."""
    name = Path(row.page.partition("#")[0]).stem
    test = row.test.partition("::")[2]
    statement = row.statement.replace("|", "\\|").replace("<", "&lt;")
    return f"| {statement} | [{name}]({row.page}) | `{test}` |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
