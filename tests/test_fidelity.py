"""tools/fidelity.py: no statement without a page of AWS's and a test that is there."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
from surroundings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

HERE = "tests/test_fidelity.py::test_right_row_has_no_problem"
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"


@pytest.fixture
def tool() -> dict[str, Any]:
    """The tool's names."""
    return runpy.run_path(str(REPOSITORY / "tools" / "fidelity.py"))


def test_right_row_has_no_problem(tool: dict[str, Any]) -> None:
    """The test may be one of several of its function."""
    rows = [tool["Row"]("Tasks run", PAGE, test) for test in (HERE, f"{HERE}[web-1]")]
    assert tool["problems"](rows) == []


@pytest.mark.parametrize(
    ("page", "test", "problem"),
    [
        ("https://example.com/ecs", HERE, "is no page of AWS's"),
        (PAGE, "tests/test_fidelity.py::test_gone", "there is no test"),
        (PAGE, "tests/test_gone.py::test_gone", "there is no test"),
    ],
)
def test_wrong_row_is_named(tool: dict[str, Any], page: str, test: str, problem: str) -> None:
    """A page of somebody else's, a test or a file that is not there."""
    (found,) = tool["problems"]([tool["Row"]("Tasks run", page, test)])
    assert problem in found
    assert "Tasks run" in found


def test_check_finds_a_page_that_is_out_of_date(
    tool: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check writes nothing; without it, both files are made and then are up to date."""
    main = tool["main"]
    table, page = tmp_path / "fidelity.csv", tmp_path / "fidelity.md"
    table.write_text(f"statement,page,test\nTasks run,{PAGE},{HERE}\nA first,{PAGE},{HERE}\n")
    main.__globals__.update(TABLE=table, PAGE=page)
    assert main(["--check"]) == 1
    assert "fidelity.md is out of date" in capsys.readouterr().out
    assert not page.exists()
    assert main([]) == 0
    assert table.read_text().splitlines()[1].startswith("A first")
    assert "| Tasks run | [API_RunTask](" in page.read_text()
    assert "- `CreateDaemon`" in page.read_text()
    assert main(["--check"]) == 0
